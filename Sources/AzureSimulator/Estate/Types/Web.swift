extension MetricTables {
    /// Web apps, function apps and their slots.
    static let webSite: [SimulatedMetric] = [
        counter("Requests", 0...400, instances),
        counter("Http5xx", 0...4, instances),
        gauge("HttpResponseTime", "Seconds", 0.02...2.5, instances),
        gauge("MemoryWorkingSet", "Bytes", 90e6...600e6, instances),
        counter("FunctionExecutionCount", 0...300, instances),
    ]

    static let apiManagement: [SimulatedMetric] = [
        counter(
            "Requests", 1...500, locations + [SimulatedDimension("GatewayResponseCodeCategory", ["2xx", "4xx", "5xx"])]),
        gauge("Duration", "MilliSeconds", 4...900, locations),
        gauge("Capacity", "Percent", 3...80, locations),
    ]

    static let applicationInsights: [SimulatedMetric] = [
        SimulatedMetric(
            "requests/count", "Count", .count, [.count], .events(0...200, zeroWhenIdle: true), dimensions: requests),
        gauge("requests/duration", "MilliSeconds", 3...700, requests),
        SimulatedMetric(
            "exceptions/count", "Count", .count, [.count], .events(0...5, zeroWhenIdle: true),
            dimensions: [SimulatedDimension("cloud/roleName", ["shop", "worker"])]),
    ]

    static let cognitiveServices: [SimulatedMetric] = [
        counter("TotalCalls", 0...90, calls), counter("SuccessfulCalls", 0...88, calls),
        gauge("Latency", "MilliSeconds", 20...900, calls),
    ]

    static let signalR: [SimulatedMetric] = [
        standing(
            "ConnectionCount", "Count", 0...500, [SimulatedDimension("Endpoint", ["Client", "Server"])]),
        counter("MessageCount", 0...900), gauge("ConnectionQuotaUtilization", "Percent", 0...70),
    ]

    private static let instances = [SimulatedDimension("Instance", ["wn0sdwk0000AB", "wn1sdwk0000CD"])]
    private static let locations = [SimulatedDimension("Location", ["West Europe", "North Europe"])]
    private static let requests = [
        SimulatedDimension("request/success", ["True", "False"]),
        SimulatedDimension("cloud/roleName", ["shop", "worker"]),
    ]
    private static let calls = [
        SimulatedDimension("ApiName", ["TextAnalytics"]),
        SimulatedDimension("OperationName", ["Sentiment", "KeyPhrases"]),
    ]
}
