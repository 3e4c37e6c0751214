import AzureMonitor
import MetricModel
import Planning

/// Where answers come from: Azure Monitor, or a script in a test.
protocol MetricsSource: Sendable {
    /// Azure's now (rule T1).
    var now: Timestamp { get }
    /// Asks Azure for the time, as far as it can be had: nothing is planned by a system clock that may be wrong.
    func learnTime() async
    /// The answer to one call, after the retries that make sense.
    func answer(to call: MetricsCall) async -> Result<MetricsAnswer, AzureError>
}

/// Azure Monitor, one resource a call.
struct AzureMetricsSource: MetricsSource {
    let client: AzureMonitorClient
    let azureTime: AzureTime

    var now: Timestamp { azureTime.now }

    func learnTime() async {
        if !azureTime.isLearned { await client.learnTime() }
    }

    func answer(to call: MetricsCall) async -> Result<MetricsAnswer, AzureError> {
        let query = MetricsQuery(
            resourceID: call.resourceID, metricNames: call.metricNames, aggregations: call.aggregations,
            grain: call.grain, start: call.window.lowerBound, end: call.window.upperBound, filter: call.filter,
            top: call.top)
        do throws(AzureError) {
            return .success(try await client.metrics(query))
        } catch {
            return .failure(error)
        }
    }
}

extension DefinitionsCatalog {
    /// What Azure Monitor says, within the limit of calls at once.
    init(clock: any AgentClock, limiter: CallLimiter, client: AzureMonitorClient) {
        self.init(clock: clock) { resource, namespace, isInBackground in
            do {
                return try await limiter.run {
                    do throws(AzureError) {
                        return .success(
                            try await client.metricDefinitions(
                                of: resource, namespace: namespace, patience: isInBackground ? nil : .brief))
                    } catch {
                        return .failure(error)
                    }
                }
            } catch {
                let words = "The call was cancelled."
                return .failure(AzureError(.cancelled, host: "", resource: resource, message: words, remedy: ""))
            }
        }
    }
}
