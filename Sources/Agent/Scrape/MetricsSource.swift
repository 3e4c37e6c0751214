import AzureMonitor
import MetricModel
import Planning

/// A call with all that Azure has to be told.
struct MetricsQuestion: Sendable {
    var call: MetricsCall
    /// The ids of the call's resources, in their order.
    var resourceIDs: [ResourceID]
}

/// Where answers come from: Azure Monitor, or a script in a test.
protocol MetricsSource: Sendable {
    /// Azure's now (rule T1).
    var now: Timestamp { get }
    /// The latest that any clock says it is.
    var latest: Timestamp { get }
    /// Asks Azure for the time unless it is known.
    /// - Returns: Why it is still not known. Nothing may be planned, skipped or forgotten then: the system clock may be
    ///   wrong, and the marks that are kept by it would be, too.
    func learnTime() async -> AzureError?
    /// The answer to one call, after the retries that make sense.
    func answer(to question: MetricsQuestion) async -> Result<MetricsTable, AzureError>
}

/// Azure Monitor.
struct AzureMetricsSource: MetricsSource {
    let client: AzureMonitorClient
    let azureTime: AzureTime

    var now: Timestamp { azureTime.now }
    var latest: Timestamp { azureTime.latest }

    func learnTime() async -> AzureError? {
        guard !azureTime.isLearned, let error = await client.learnTime() else { return nil }
        // A refusal also says what time it is.
        return azureTime.isLearned ? nil : error
    }

    func answer(to question: MetricsQuestion) async -> Result<MetricsTable, AzureError> {
        let call = question.call
        do throws(AzureError) {
            switch call.feed.route {
            case .batch:
                return .success(
                    try await client.table(
                        BatchMetricsQuery(
                            subscriptionID: call.feed.subscriptionID, region: call.feed.region,
                            resourceType: call.feed.namespace, resourceIDs: question.resourceIDs,
                            metricNames: call.metricNames, aggregations: call.aggregations, grain: call.feed.grain,
                            start: call.window.lowerBound, end: call.window.upperBound, filter: call.feed.filter,
                            top: call.feed.top)))
            case .single:
                return .success(
                    try await client.table(
                        MetricsQuery(
                            resourceID: question.resourceIDs[0], metricNames: call.metricNames,
                            aggregations: call.aggregations, grain: call.feed.grain, start: call.window.lowerBound,
                            end: call.window.upperBound, filter: call.feed.filter, top: call.feed.top)))
            }
        } catch {
            return .failure(error)
        }
    }
}

extension DefinitionsCatalog {
    /// What Azure Monitor says, within the limit of calls at once.
    init(
        clock: any AgentClock, limiter: CallLimiter, client: AzureMonitorClient, stored: [StoredDefinitions] = [],
        keep: @escaping Keep = { _ in }
    ) {
        self.init(clock: clock, stored: stored, keep: keep) { resource, namespace, isInBackground in
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
