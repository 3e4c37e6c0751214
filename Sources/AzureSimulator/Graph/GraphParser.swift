/// Cuts a query into words, numbers, texts in quotes and signs, and reads its parts.
struct GraphParser {
    private enum Token: Equatable {
        case word(String)
        case text(String)
        /// `|`, `,`, `(`, `=~` and the like.
        case sign(String)
        case end
    }

    private let query: String
    private var rest: Substring
    /// Where the last token began.
    private var tokenStart: String.Index

    init(_ query: String) {
        self.query = query
        rest = query[...]
        tokenStart = query.startIndex
    }

    /// Skips `wanted`, a word in any case or a sign, if it comes next.
    mutating func next(_ wanted: String) throws(AzureError) -> Bool {
        var copy = self
        switch try copy.token() {
        case .word(let text) where text.lowercased() == wanted, .sign(let text) where text == wanted:
            self = copy
            return true
        default: return false
        }
    }

    /// Skips `wanted`, which has to come next.
    mutating func expect(_ wanted: String) throws(AzureError) {
        guard try next(wanted) else { throw failure("'\(wanted)'") }
    }

    /// Refuses whatever is left.
    mutating func expectEnd() throws(AzureError) {
        var copy = self
        guard try copy.token() == .end else { throw failure("'|' or the end") }
    }

    /// A name; `what` says of what.
    mutating func word(_ what: String) throws(AzureError) -> String {
        var copy = self
        guard case .word(let word) = try copy.token() else { throw failure(what) }
        self = copy
        return word
    }

    /// A whole number above zero.
    mutating func number() throws(AzureError) -> Int {
        var copy = self
        guard case .word(let word) = try copy.token(), let number = Int(word), number > 0 else {
            throw failure("a number")
        }
        self = copy
        return number
    }

    /// A column that exists, in lower case; `name` is it if it has been read already.
    mutating func column(_ name: String? = nil) throws(AzureError) -> String {
        let place = self
        let name = if let name { name } else { try word("a column") }
        guard let column = GraphRow.columns.first(where: { $0.lowercased() == name.lowercased() }) else {
            throw place.failure(
                "a column that exists ('\(name)' is none of \(GraphRow.columns.joined(separator: ", ")))")
        }
        return column
    }

    /// A column, a relation and what it is compared with.
    mutating func condition() throws(AzureError) -> GraphQuery.Condition {
        let column = try column()
        let place = self
        guard let relation = Self.relation(try token()) else {
            throw place.failure("==, =~, !=, !~, in, in~, !in, !in~, contains or !contains")
        }
        var values: [String] = []
        if relation.isList {
            try expect("(")
            repeat { values.append(try text()) } while try next(",")
            try expect(")")
        } else {
            values.append(try text())
        }
        if relation.ignoresCase { values = values.map { $0.lowercased() } }
        return GraphQuery.Condition(column: column, relation: relation.kind, values: Set(values))
    }

    private static func relation(
        _ token: Token
    ) -> (kind: GraphQuery.Relation, isList: Bool, ignoresCase: Bool)? {
        let text: String
        switch token {
        case .word(let word): text = word.lowercased()
        case .sign(let sign): text = sign
        case .text, .end: return nil
        }
        switch text {
        case "==": return (.isOneOf(ignoringCase: false), false, false)
        case "=~": return (.isOneOf(ignoringCase: true), false, true)
        case "!=": return (.isNoneOf(ignoringCase: false), false, false)
        case "!~": return (.isNoneOf(ignoringCase: true), false, true)
        case "in": return (.isOneOf(ignoringCase: false), true, false)
        case "in~": return (.isOneOf(ignoringCase: true), true, true)
        case "!in": return (.isNoneOf(ignoringCase: false), true, false)
        case "!in~": return (.isNoneOf(ignoringCase: true), true, true)
        case "contains": return (.contains, false, true)
        case "!contains": return (.lacks, false, true)
        default: return nil
        }
    }

    private mutating func text() throws(AzureError) -> String {
        var copy = self
        guard case .text(let text) = try copy.token() else { throw failure("a text in quotes") }
        self = copy
        return text
    }

    private mutating func token() throws(AzureError) -> Token {
        rest = rest.drop(while: \.isWhitespace)
        tokenStart = rest.startIndex
        guard let first = rest.first else { return .end }
        if first == "'" || first == "\"" { return .text(try quoted(first)) }
        if Self.isPartOfWord(first) { return .word(wordWithTilde()) }
        if first == "!", rest.dropFirst().first.map(Self.isPartOfWord) == true {
            rest.removeFirst()
            return .sign("!" + wordWithTilde().lowercased())
        }
        let two = String(rest.prefix(2))
        let sign = ["==", "=~", "!=", "!~"].contains(two) ? two : String(first)
        rest = rest.dropFirst(sign.count)
        return .sign(sign)
    }

    private static func isPartOfWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    /// A word; the tilde of `in~` is part of it.
    private mutating func wordWithTilde() -> String {
        var word = String(rest.prefix(while: Self.isPartOfWord))
        rest = rest.dropFirst(word.count)
        if word.lowercased() == "in", rest.first == "~" {
            rest.removeFirst()
            word.append("~")
        }
        return word
    }

    private mutating func quoted(_ quote: Character) throws(AzureError) -> String {
        let place = self
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == quote { return text }
            if character == "\\", let escaped = rest.popFirst() {
                text.append(escaped)
            } else {
                text.append(character)
            }
        }
        throw place.failure("the end of a text in quotes")
    }

    /// Azure's 400 for a query in which `expected` does not stand where it should.
    func failure(_ expected: String) -> AzureError {
        let found = rest.drop(while: \.isWhitespace)
        let position = query.distance(from: query.startIndex, to: found.startIndex)
        let token = found.isEmpty ? "the end" : "'\(found.prefix(20))'"
        return .badGraphRequest(
            code: "ParserFailure",
            "Query is invalid: at character \(position), \(token) stands where \(expected) is expected.")
    }
}

extension AzureError {
    /// What Azure Resource Graph says of a question that it cannot answer.
    static func badGraphRequest(code: String, _ message: String) -> Self {
        var error = AzureError.manager(
            400, "BadRequest", "Please provide below info when asking for support: correlationId = \(guid(7)).")
        error.details = [("InvalidQuery", "Query validation failed."), (code, message)]
        return error
    }
}
