/// Reads the fields of a schedule from its text.
struct CronParser {
    private(set) var fields: [CronField: CronSet] = [:]
    /// Whether a field of the time of day says more than single numbers.
    private(set) var isInterval = false
    private let characters: [Character]
    private var position = 0
    /// End of the field being read.
    private var end = 0

    /// Five fields, or six with the seconds first, separated by white space.
    init(_ text: String) throws(CronError) {
        characters = Array(text)
        let places = Self.places(in: characters)
        guard places.first.map({ characters[$0.lowerBound] }) != "@" else {
            throw CronError(message: "macros such as `@hourly` are not yet supported; write five fields", offset: 0)
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
            fields[field] = try list(field)
        }
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
            try refuseUnsupported(field)
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
        try refuseUnsupported(field)
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

    /// `L`, `W` and `#` are known, so the message should not call them nonsense.
    private func refuseUnsupported(_ field: CronField) throws(CronError) {
        guard field.isDay, position < end, "LlWw#".contains(characters[position]) else { return }
        throw failure("`L`, `W` and `#` are not yet supported in the \(field.rawValue)")
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
