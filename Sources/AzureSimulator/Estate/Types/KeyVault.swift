extension MetricTables {
    static let keyVault: [SimulatedMetric] = [
        SimulatedMetric(
            "ServiceApiHit", "Count", .count, [.average, .count, .total], .events(0...40), dimensions: activity,
            delay: .seconds(150)),
        SimulatedMetric(
            "ServiceApiLatency", "MilliSeconds", .average, .levels, .level(2...180).sparse(0.3),
            dimensions: activity + statuses, delay: .seconds(150)
        ).with { $0.combinations = combinations },
        SimulatedMetric(
            "ServiceApiResult", "Count", .count, [.average, .count, .total], .events(0...12),
            dimensions: activity + statuses, delay: .seconds(150)
        ).with { $0.combinations = combinations },
        SimulatedMetric(
            "Availability", "Percent", .average, .levels, .level(99...100), dimensions: activity,
            delay: .seconds(150)),
        SimulatedMetric("SaturationShoebox", "Percent", .average, .levels, .level(0...35), delay: .seconds(150)),
    ]

    private static let activity = [
        SimulatedDimension("ActivityType", ["vault"]),
        SimulatedDimension("ActivityName", ["secretget", "secretlist", "keysign", "VaultGet"]),
    ]

    private static let statuses = [
        SimulatedDimension("StatusCode", ["200", "401"]),
        SimulatedDimension("StatusCodeClass", ["2xx", "4xx"]),
    ]

    /// A code and its class are never asked for together.
    private static let combinations = [
        ["ActivityType", "ActivityName", "StatusCode"], ["ActivityType", "ActivityName", "StatusCodeClass"],
    ]
}
