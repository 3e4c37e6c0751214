import MetricModel

/// The faults that hit one call about many resources.
struct BatchTroubles: Sendable {
    private let faults: [(resource: String, metric: String?, effect: BatchFault.Effect)]
    /// Of the seed and the call: what is left out is another in each call.
    private let bits: UInt64
    /// Why nothing at all is answered.
    let refusal: AzureError?

    init(_ all: [BatchFault], of query: BatchQuery, seed: UInt64, call: UInt64) {
        faults = all.map { ($0.resource.lowercased(), $0.metric?.lowercased(), $0.effect) }
        bits = StableHash.of(seed: seed, "batch", String(call))
        refusal =
            faults.lazy.compactMap { fault -> AzureError? in
                guard fault.metric.map({ query.asks(for: $0) }) ?? true,
                    let entry = query.entries.first(where: { $0.resource.id.lowercased().contains(fault.resource) })
                else { return nil }
                return Self.refusal(fault.effect, entry.resource.id)
            }.first
    }

    private static func refusal(_ effect: BatchFault.Effect, _ id: String) -> AzureError? {
        switch effect {
        case .notMapped: return .notMapped(id)
        case .internalError:
            var error = AzureError.manager(500, "InternalServerError", "The server met an unexpected condition.")
            error.additionalInfo = ["TraceId=\(guid(5))", "ExceptionType=SimulatedException"]
            return error
        case .notImplemented:
            return .manager(501, "NotImplemented", "This operation is not implemented for the requested resources.")
        case .seriesCap:
            return .badRequest(
                "QueryThrottledException: Cannot request more than 500000 time series per query. Narrow the query.")
        case .missing, .flicker, .metricError: return nil
        }
    }

    /// Whether the answer has nothing of the resource or, with `metric`, nothing of that metric of it.
    func hides(_ entry: EstateTruth.Entry, _ metric: SimulatedMetric? = nil) -> Bool {
        !faults.isEmpty && matches(.missing, entry) { $0 == metric?.name.lowercased() }
    }

    /// How many of the newest points of the metric are left out of this answer.
    func hidden(_ entry: EstateTruth.Entry, _ metric: SimulatedMetric) -> Int {
        guard !faults.isEmpty, matches(.flicker, entry, by: { $0 == nil || $0 == metric.name.lowercased() }) else {
            return 0
        }
        var hash = entry.hash
        hash.combine(metric.name)
        return Int(spread(hash.value ^ bits) % 3)
    }

    /// The error code of the metric in an answer that is good otherwise.
    func error(_ entry: EstateTruth.Entry, _ metric: SimulatedMetric) -> (code: String, message: String)? {
        guard !faults.isEmpty, matches(.metricError, entry, by: { $0 == nil || $0 == metric.name.lowercased() })
        else { return nil }
        return ("InternalError", "The metric \(metric.name) could not be read.")
    }

    private func matches(
        _ effect: BatchFault.Effect, _ entry: EstateTruth.Entry, by isMetric: (String?) -> Bool
    ) -> Bool {
        faults.contains {
            $0.effect == effect && isMetric($0.metric) && entry.resource.id.lowercased().contains($0.resource)
        }
    }
}

extension BatchQuery {
    /// Whether the metric, in lower case, is one of those asked for.
    fileprivate func asks(for metric: String) -> Bool {
        first.metrics.contains { $0.metric.name.lowercased() == metric }
    }
}
