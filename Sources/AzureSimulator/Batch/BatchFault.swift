/// What goes wrong with a resource, or one metric of it, in calls about many resources, while calls about it alone are
/// answered.
public struct BatchFault: Sendable, Hashable {
    /// What becomes of the call, or of its part. Raw values are the words of the text form.
    public enum Effect: String, CaseIterable, Sendable {
        /// The whole call fails: 404 `Failed to find resource mapping`.
        case notMapped = "404"
        /// The whole call fails: 500 with `additionalInfo`.
        case internalError = "500"
        /// The whole call fails: 501.
        case notImplemented = "501"
        /// The whole call fails: more than 500,000 time series.
        case seriesCap = "series-cap"
        /// The resource is left out of the answer; with a metric named, only that metric is.
        case missing
        /// Up to two of the newest points are left out, other ones in each call.
        case flicker
        /// The metric has an error code of its own in a good answer.
        case metricError = "metric-error"
    }

    /// A part of the resource's id, in any case; empty = every resource.
    public var resource: String
    /// In any case; `nil` = every metric.
    public var metric: String?
    public var effect: Effect

    /// A fault that is not switched on yet.
    public init(resource: String, metric: String? = nil, effect: Effect) {
        self.resource = resource
        self.metric = metric
        self.effect = effect
    }

    /// Reads `resource=kv-shop&metric=ServiceApiHit&answer=404`; the metric may be left out.
    /// - Throws: ``FaultTextError``, which says what is expected.
    public init(text: String) throws(FaultTextError) {
        try self.init(Parameters(encoded: text))
    }

    init(_ parameters: Parameters) throws(FaultTextError) {
        self.init(resource: "", effect: .missing)
        for (name, _) in parameters.all where !["resource", "metric", "answer"].contains(name.lowercased()) {
            throw FaultTextError(
                description: "A fault of batches has no field '\(name)': known are resource, metric, answer.")
        }
        guard let effect = parameters["answer"].flatMap({ Effect(rawValue: $0.lowercased()) }) else {
            throw FaultTextError(
                description: "The value '\(parameters["answer"] ?? "")' is not valid for 'answer': expected "
                    + Effect.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        guard let resource = parameters["resource"] else {
            throw FaultTextError(
                description: "The field 'resource' is missing: give a part of the id; empty is every resource.")
        }
        self.resource = resource
        metric = parameters["metric"]
        self.effect = effect
    }
}
