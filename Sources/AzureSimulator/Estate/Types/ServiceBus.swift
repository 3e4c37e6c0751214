extension MetricTables {
    static let serviceBusNamespace: [SimulatedMetric] = [
        SimulatedMetric("IncomingMessages", "Count", .total, [.total], .events(0...300), dimensions: entities),
        SimulatedMetric("OutgoingMessages", "Count", .total, [.total], .events(0...300), dimensions: entities),
        SimulatedMetric(
            "IncomingRequests", "Count", .total, [.total], .events(0...420, zeroWhenIdle: true), dimensions: entities),
        SimulatedMetric("ActiveMessages", "Count", .average, .levels, .whole(0...2500), dimensions: entities),
        SimulatedMetric("Messages", "Count", .average, .levels, .whole(0...2700), dimensions: entities),
        SimulatedMetric(
            "DeadletteredMessages", "Count", .average, .levels, .whole(0...60).sparse(0.3), dimensions: entities),
        SimulatedMetric("Size", "Bytes", .average, .levels, .whole(0...80e6), dimensions: entities),
        SimulatedMetric(
            "UserErrors", "Count", .total, [.total], .events(0...3, zeroWhenIdle: true),
            dimensions: entities + [SimulatedDimension("OperationResult", ["EntityNotFound", "QuotaExceeded"])]),
        SimulatedMetric("ActiveConnections", "Count", .total, [.total, .average], .whole(1...90, samples: 1)),
        SimulatedMetric("NamespaceCpuUsage", "Percent", .maximum, [.maximum], .whole(2...70)).with {
            $0.skus = ["Premium"]
        },
        SimulatedMetric("NamespaceMemoryUsage", "Percent", .maximum, [.maximum], .whole(20...60)).with {
            $0.skus = ["Premium"]
        },
    ]

    private static let entities = [SimulatedDimension("EntityName", ["queue-1", "queue-2"])]
}
