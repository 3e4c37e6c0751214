/// Reads what a schedule says from its text, as the library Cronos 0.9.0 does.
struct CronParser {
    private(set) var rules = CronRules()
    private let characters: [Character]
    private var position = 0
    /// End of the field being read.
    private var end = 0

    /// Five fields, or six with the seconds first, separated by white space; or a macro.
    init(_ text: String) throws(CronError) {
        let written = Array(text)
        let words = Self.words(in: written)
        if let first = words.first, written[first.lowerBound] == "@" {
            characters = Array(try CronMacro.fields(written, words: words))
        } else {
            characters = written
        }
        try readFields()
    }

    private mutating func readFields() throws(CronError) {
        let places = Self.words(in: characters)
        guard places.count == 5 || places.count == 6 else {
            let message =
                "a schedule has five fields (minute, hour, day of month, month, day of week) or six with seconds first, not \(places.count)"
            throw CronError(message: message, offset: places.count > 6 ? places[6].lowerBound : characters.count)
        }
        for (field, place) in zip(CronField.allCases.suffix(places.count), places) {
            position = place.lowerBound
            end = place.upperBound
            try read(field)
            guard position == end else {
                throw failure(
                    "`\(characters[position])` is not expected here in the \(field.rawValue)" + Self.hint(field))
            }
        }
    }

    private static func words(in characters: [Character]) -> [Range<Int>] {
        characters.indices.split { characters[$0].isWhitespace }.map { $0.startIndex..<$0.endIndex }
    }

    private static func hint(_ field: CronField) -> String {
        field.isDay ? "; what has `*`, `L`, `W` or `#` stands alone in its field" : "; `*` stands alone in its field"
    }

    private mutating func read(_ field: CronField) throws(CronError) {
        switch field {
        case .second: rules.seconds = try list(field)
        case .minute: rules.minutes = try list(field)
        case .hour: rules.hours = try list(field)
        case .dayOfMonth: rules.daysOfMonth = try dayOfMonthRule()
        case .month: rules.months = try list(field)
        case .dayOfWeek: rules.daysOfWeek = try dayOfWeekRule()
        }
    }

    /// `L`, `L-3`, `LW`, `L-3W`, `15W`, or numbers.
    private mutating func dayOfMonthRule() throws(CronError) -> DayOfMonthRule {
        if skip(anyOf: "Ll") {
            let before = skip("-") ? try number(in: 0...30, "the distance from the last day") : 0
            return skip(anyOf: "Ww") ? .lastWorkday(before: before) : .last(before: before)
        }
        let start = position
        if try digits() != nil, skip(anyOf: "Ww") {
            position = start
            let day = try number(.dayOfMonth)
            position += 1
            return .workday(nearest: day)
        }
        position = start
        return .numbers(try list(.dayOfMonth))
    }

    /// `5L`, `FRIL`, `5#2`, or numbers. 7 becomes 0: both are Sunday.
    private mutating func dayOfWeekRule() throws(CronError) -> DayOfWeekRule {
        let start = position
        if position < end, characters[position] != "*", characters[position] != "?" {
            let day = try number(.dayOfWeek) % 7
            if skip(anyOf: "Ll") { return .last(day) }
            if skip("#") { return .nth(day, week: try number(in: 1...5, "the week behind `#`")) }
            position = start
        }
        var days = try list(.dayOfWeek)
        if days.contains(7) {
            days.remove(7)
            days.insert(0)
        }
        return .numbers(days)
    }

    /// `*` and `*/5`, which stand alone; or items with commas between.
    private mutating func list(_ field: CronField) throws(CronError) -> CronSet {
        if skip("*") || skip("?") {
            if field.isTimeOfDay { rules.isInterval = true }
            let step = skip("/") ? try step(field) : 1
            return field.numbers(from: field.range.lowerBound, through: field.range.upperBound, by: step)
        }
        var set = CronSet()
        repeat {
            set.formUnion(try item(field))
        } while skip(",")
        return set
    }

    /// `5`, `5-7`, `MON-FRI`, each with `/step`.
    private mutating func item(_ field: CronField) throws(CronError) -> CronSet {
        let first = try number(field)
        var last: Int?
        if skip("-") { last = try number(field) }
        var step: Int?
        if skip("/") { step = try self.step(field) }
        guard last != nil || step != nil else { return CronSet(first) }
        if field.isTimeOfDay { rules.isInterval = true }
        return field.numbers(from: first, through: last ?? field.range.upperBound, by: step ?? 1)
    }

    private mutating func number(_ field: CronField) throws(CronError) -> Int {
        guard position < end, characters[position].isASCIIDigit else { return try namedNumber(field) }
        return try number(in: field.range, "the \(field.rawValue)")
    }

    private mutating func namedNumber(_ field: CronField) throws(CronError) -> Int {
        let start = position
        let word = String(characters[start..<end].prefix { $0.isASCII && $0.isLetter })
        // `FRIL` is a name and a letter.
        let isName = word.count == 3 || field == .dayOfWeek && word.dropFirst(3).uppercased() == "L"
        if isName, let index = field.names.firstIndex(of: word.prefix(3).uppercased()) {
            position += 3
            return field.range.lowerBound + index
        }
        guard start < end else {
            throw failure("a number is missing in the \(field.rawValue)")
        }
        throw failure(
            "`\(word.isEmpty ? String(characters[start]) : word)` is no \(field.rawValue)"
                + ("*?LlWw".contains(characters[start]) ? Self.hint(field) : ""))
    }

    private mutating func step(_ field: CronField) throws(CronError) -> Int {
        try number(in: 1...field.range.upperBound, "the step of the \(field.rawValue)")
    }

    private mutating func number(in range: ClosedRange<Int>, _ subject: String) throws(CronError) -> Int {
        let start = position
        guard let value = try digits() else { throw failure("a number is missing: \(subject)") }
        guard range.contains(value) else {
            throw failure("\(subject) is \(range.lowerBound) to \(range.upperBound), not \(value)", at: start)
        }
        return value
    }

    /// One or two of them: with a third the text is no schedule, even if the first is 0.
    private mutating func digits() throws(CronError) -> Int? {
        let start = position
        while position < end, characters[position].isASCIIDigit { position += 1 }
        guard position > start else { return nil }
        let text = String(characters[start..<position])
        guard text.count <= 2, let value = Int(text) else {
            throw failure("the number `\(text)` is too long", at: start)
        }
        return value
    }

    private mutating func skip(anyOf letters: String) -> Bool {
        guard position < end, letters.contains(characters[position]) else { return false }
        position += 1
        return true
    }

    private mutating func skip(_ character: Character) -> Bool { skip(anyOf: String(character)) }

    private func failure(_ message: String, at offset: Int? = nil) -> CronError {
        CronError(message: message, offset: offset ?? position)
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
