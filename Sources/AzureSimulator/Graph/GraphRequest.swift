import HTTPServer

/// The body of a question to Azure Resource Graph.
struct GraphRequest: Sendable {
    /// Rows of a page, at most and by default.
    static let mostRows = 1000
    static let usualRows = 100

    let query: GraphQuery
    /// In lower case; `nil` = all that there are.
    let subscriptions: Set<String>?
    /// Rows of this page.
    let top: Int
    let isTable: Bool
    private let skip: Int
    private let skipToken: String?
    /// Of query and subscriptions: a token belongs to one question.
    private let hash: UInt64

    /// - Throws: Azure's 400, and 500 for a content type other than JSON.
    init(_ request: ServedRequest) throws(AzureError) {
        guard (request.header("Content-Type") ?? "").lowercased().hasPrefix("application/json") else {
            throw .manager(500, "InternalServerError", "Encountered internal server error.")
        }
        guard let json = JSONValue(request.body), let text = json["query"]?.text else {
            throw .badGraphRequest(code: "MalformedRequest", "The body must be a JSON object with the text 'query'.")
        }
        query = try GraphQuery(text)
        subscriptions = try Self.subscriptions(json)
        let options = json["options"] ?? .null
        top = try Self.number("$top", options, 1...Self.mostRows) ?? Self.usualRows
        // Ignored, says Azure, where the query has a limit of its own.
        skip = query.limit == nil ? try Self.number("$skip", options, 0...Int.max) ?? 0 : 0
        skipToken = options["$skipToken"]?.text
        switch options["resultFormat"]?.text?.lowercased() {
        case nil, "objectarray": isTable = false
        case "table": isTable = true
        case let other?:
            throw .badGraphRequest(code: "InvalidOption", "The resultFormat '\(other)' is none: objectArray or table.")
        }
        var hash = StableHash(seed: 0)
        hash.combine(text)
        for subscription in (subscriptions ?? []).sorted() { hash.combine(subscription) }
        self.hash = hash.value
    }

    private static func subscriptions(_ json: JSONValue) throws(AzureError) -> Set<String>? {
        switch json["subscriptions"] {
        case nil, .null, .array([]): return nil
        case let value?:
            guard let texts = value.texts else {
                throw .badGraphRequest(code: "MalformedRequest", "'subscriptions' must be an array of texts.")
            }
            return Set(texts.map { $0.lowercased() })
        }
    }

    private static func number(
        _ name: String, _ options: JSONValue, _ range: ClosedRange<Int>
    ) throws(AzureError) -> Int? {
        switch options[name] {
        case nil, .null: return nil
        case .number(let value):
            if let number = Int(exactly: value), range.contains(number) { return number }
            fallthrough
        default:
            throw .badGraphRequest(
                code: "InvalidOption",
                "The option '\(name)' must be a whole number from \(range.lowerBound) on"
                    + (range.upperBound == .max ? "." : ", \(range.upperBound) at most."))
        }
    }

    /// The token for the page that begins at `offset`.
    func token(offset: Int) -> String { hexadecimal(hash, digits: 16) + String(offset, radix: 16) }

    /// Where the page begins.
    /// - Throws: Azure's 400 for a token of another question.
    func offset() throws(AzureError) -> Int {
        guard let skipToken else { return skip }
        guard skipToken.count > 16, skipToken.hasPrefix(hexadecimal(hash, digits: 16)),
            let offset = Int(skipToken.dropFirst(16), radix: 16), offset >= 0
        else {
            throw .badGraphRequest(
                code: "InvalidSkipToken", "The $skipToken is not one that this query in this scope has answered.")
        }
        return offset
    }
}
