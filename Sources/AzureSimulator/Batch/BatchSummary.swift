import HTTPServer

/// What a call about many resources asked for, as far as it can be read.
public struct BatchSummary: Sendable, Hashable {
    /// Ids in the body; `nil` when they cannot be read.
    public var resourceCount: Int?
    public var metricNames: [String]
    /// As received; `nil` = the call leaves it out.
    public var start: String?
    public var end: String?

    init(_ request: ServedRequest) {
        let parameters = Parameters(encoded: request.query)
        resourceCount = JSONValue(request.body)?["resourceids"]?.texts?.count
        metricNames = parameters.list("metricnames") ?? []
        start = parameters["starttime"]
        end = parameters["endtime"]
    }
}
