import HTTPServer
import MetricModel

/// One call as it reached the simulator, without secrets.
public struct JournalEntry: Sendable {
    /// When it came, by the simulator's clock.
    public var time: Timestamp
    /// The operation: `token`, `metrics`, `openIDConfiguration`, `metrics`, `metricNamespaces`,
    /// `metricDefinitions`, or `none` when there is no such one.
    public var route: String
    /// The region that host or path named; `nil` = none.
    public var region: String?
    public var method: String
    /// As received, still encoded.
    public var path: String
    /// As received, still encoded.
    public var query: String
    /// What was answered.
    public var status: Int
    /// The fault that hit it.
    public var fault: String?
    /// Of the request, without `Authorization`.
    public var headers: [(name: String, value: String)]
    /// What a call about many resources asked for; `nil` = it is another one.
    public var batch: BatchSummary?
    /// The beginning of the body, at most 16 KiB; secrets of forms are replaced by `***`.
    public var body: String

    init(
        _ request: ServedRequest, route: String, site: Site, status: Int, fault: String?, time: Timestamp
    ) {
        self.time = time
        self.route = route
        region = site.region
        method = request.method
        path = request.path
        query = request.query
        self.status = status
        self.fault = fault
        headers = request.headers.filter { $0.name.lowercased() != "authorization" }
        batch = route == "metricsBatch" ? BatchSummary(request) : nil
        body = Self.redacted(request)
    }

    private static let mostBodyBytes = 16_384
    private static let secretFields: Set<String> = ["client_secret", "client_assertion"]

    private static func redacted(_ request: ServedRequest) -> String {
        let text = String(decoding: request.body.prefix(mostBodyBytes), as: UTF8.self)
        let isForm = (request.header("Content-Type") ?? "").lowercased().hasPrefix("application/x-www-form-urlencoded")
        // What calls itself otherwise may be a form all the same.
        // What begins as JSON is no form: long bodies need no search.
        guard isForm || text.utf8.first != UInt8(ascii: "{") else { return text }
        guard isForm || text.lowercased().contains("client_") else { return text }
        let fields = text.split(separator: "&", omittingEmptySubsequences: false).map { field in
            let name = field.prefix { $0 != "=" }
            return secretFields.contains(percentDecoded(name, plusIsSpace: true).lowercased()) ? "\(name)=***" : field
        }
        return fields.joined(separator: "&")
    }
}

/// The last `capacity` elements of a sequence without end.
struct Ring<Element: Sendable>: Sendable {
    private let capacity: Int
    private var storage: [Element] = []
    private var oldest = 0

    init(capacity: Int) {
        self.capacity = max(0, capacity)
    }

    /// Adds `element`, in the place of the oldest when the ring is full.
    mutating func append(_ element: Element) {
        if storage.count < capacity {
            storage.append(element)
        } else if capacity > 0 {
            storage[oldest] = element
            oldest = (oldest + 1) % capacity
        }
    }

    /// Oldest first.
    var elements: [Element] { Array(storage[oldest...] + storage[..<oldest]) }
}
