/// Reads the fields of a schedule from its text.
struct CronParser {
    private(set) var fields: [CronField: CronSet] = [:]
    /// Whether a field of the time of day says more than single numbers.
    private(set) var isInterval = false
    private let characters: [Character]
    private var position = 0
    /// End of the field being read.
    private var end = 0
    /// Where the first part stands that is right but cannot be kept yet, and what to say about it.
    private var unsupported: CronError?

    private static let macros = [
        "@every_second", "@every_minute", "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly",
        "@annually",
    ]

    /// Five fields, or six with the seconds first, separated by white space.
    init(_ text: String) throws(CronError) {
        characters = Array(text)
        let places = Self.places(in: characters)
        if places.count == 1, Self.macros.contains(String(characters[places[0]]).lowercased()) {
            throw CronError(
                message: "macros such as `@hourly` are not supported yet", offset: places[0].lowerBound,
                isUnsupported: true)
        }
        guard places.count == 5 || places.count == 6 else {
            let message =
                "a schedule has five fields (minute, hour, day of month, month, day of week) or six with seconds first, not \(places.count)"
            throw CronError(message: message, offset: places.count > 6 ? places[6].lowerBound : characters.count)
        }
        if places.count == 5 { fields[.second] = CronSet(0) }
        for (field, place) in zip(CronField.allCases.suffix(places.count), places) {
            position = place.lowerBound
            end = place.upperBound
            fields[field] = try skipUnsupported(field) ? CronSet() : list(field)
        }
        if let unsupported { throw unsupported }
    }

    private static func places(in characters: [Character]) -> [Range<Int>] {
        characters.indices.split { characters[$0].isWhitespace }.map { $0.startIndex..<$0.endIndex }
    }

    private mutating func list(_ field: CronField) throws(CronError) -> CronSet {
        var set = CronSet()
        repeat {
            set.formUnion(try item(field))
        } while skip(",")
        guard position == end else {
            throw failure("`\(characters[position])` is not expected here in the \(field.rawValue)")
        }
        if field == .dayOfWeek, set.contains(7) { set.insert(0) }
        return set
    }

    /// `*`, `5`, `5-7`, `MON-FRI`, each with `/step`.
    private mutating func item(_ field: CronField) throws(CronError) -> CronSet {
        var first = field.range.lowerBound
        var last = field.range.upperBound
        let isStar = skip("*") || skip("?")
        var isSingle = !isStar
        if !isStar {
            first = try number(field)
            if skip("-") {
                last = try number(field)
                isSingle = false
            }
        }
        var step = 1
        if skip("/") {
            step = try self.step(field)
            isSingle = false
        }
        if !isSingle, field.isTimeOfDay { isInterval = true }
        return isSingle ? CronSet(first) : field.numbers(from: first, through: last, by: step)
    }

    private mutating func number(_ field: CronField) throws(CronError) -> Int {
        let start = position
        if let value = try digits() {
            guard field.range.contains(value) else {
                throw failure(
                    "the \(field.rawValue) is \(field.range.lowerBound) to \(field.range.upperBound), not \(value)",
                    at: start)
            }
            return value
        }
        return try namedNumber(field)
    }

    private mutating func namedNumber(_ field: CronField) throws(CronError) -> Int {
        let start = position
        while position < end, characters[position].isLetter { position += 1 }
        let word = String(characters[start..<position])
        if let index = field.names.firstIndex(of: word.uppercased()) { return field.range.lowerBound + index }
        position = start
        guard start < end else {
            throw failure("a number is missing in the \(field.rawValue)")
        }
        throw failure("`\(word.isEmpty ? String(characters[start]) : word)` is no \(field.rawValue)")
    }

    private mutating func step(_ field: CronField) throws(CronError) -> Int {
        let start = position
        guard let step = try digits() else { throw failure("a number is missing behind `/`") }
        guard (1...field.range.upperBound).contains(step) else {
            throw failure("the step of the \(field.rawValue) is 1 to \(field.range.upperBound), not \(step)", at: start)
        }
        return step
    }

    private mutating func digits() throws(CronError) -> Int? {
        let start = position
        while position < end, characters[position].isASCII, characters[position].isNumber { position += 1 }
        guard position > start else { return nil }
        guard position - start <= 4, let value = Int(String(characters[start..<position])) else {
            throw failure("this number is too long", at: start)
        }
        return value
    }

    /// Passes over a field of `L`, `L-3`, `LW` or `15W` (days of the month), `5L` or `5#2` (week days), which stand alone in it.
    private mutating func skipUnsupported(_ field: CronField) throws(CronError) -> Bool {
        guard field.isDay else { return false }
        let start = position
        guard let mark = try skipDayRule(field), position == end else {
            position = start
            return false
        }
        let message = "`L`, `W` and `#` are not supported yet in the \(field.rawValue)"
        unsupported = unsupported ?? CronError(message: message, offset: mark, isUnsupported: true)
        return true
    }

    /// The place of the letter or `#`; `nil` when there is none.
    private mutating func skipDayRule(_ field: CronField) throws(CronError) -> Int? {
        let start = position
        if field == .dayOfMonth, skip(anyOf: "Ll") {
            if skip("-"), try digits().map({ $0 > 30 }) ?? true { return nil }
            _ = skip(anyOf: "Ww")
            return start
        }
        guard position < end, characters[position] != "*", characters[position] != "?" else { return nil }
        let letters = characters[position..<end].prefix { $0.isLetter }
        if field == .dayOfWeek, letters.count >= 3 {
            // `FRIL` is a name and a letter.
            guard field.names.contains(String(letters.prefix(3)).uppercased()) else { return nil }
            position += 3
        } else {
            guard let day = try digits(), field.range.contains(day) else { return nil }
        }
        let mark = position
        if field == .dayOfMonth { return skip(anyOf: "Ww") ? mark : nil }
        if skip(anyOf: "Ll") { return mark }
        guard skip("#"), let week = try digits(), (1...5).contains(week) else { return nil }
        return mark
    }

    private mutating func skip(anyOf letters: String) -> Bool {
        guard position < end, letters.contains(characters[position]) else { return false }
        position += 1
        return true
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard position < end, characters[position] == character else { return false }
        position += 1
        return true
    }

    private func failure(_ message: String, at offset: Int? = nil) -> CronError {
        CronError(message: message, offset: offset ?? position)
    }
}
