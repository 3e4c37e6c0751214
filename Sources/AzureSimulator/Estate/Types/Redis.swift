extension MetricTables {
    static let redis: [SimulatedMetric] = [
        level("connectedclients", "Count", .whole(1...220)),
        level("usedmemory", "Bytes", .whole(40e6...900e6)),
        level("usedmemorypercentage", "Percent", .level(4...92)),
        level("serverLoad", "Percent", .level(0...88)),
        events("cachehits", 0...4000),
        events("cachemisses", 0...500),
        events("totalcommandsprocessed", 20...9000),
    ]

    private static let shards = [SimulatedDimension("ShardId", ["0", "1"])]

    /// Lists every aggregation and silently leaves out what makes no sense for a level.
    private static func level(_ name: String, _ unit: String, _ shape: ValueShape) -> SimulatedMetric {
        SimulatedMetric(name, unit, .maximum, .all, shape, dimensions: shards).with {
            $0.stored = .levels
            $0.omitsUnstored = true
        }
    }

    private static func events(_ name: String, _ range: ClosedRange<Double>) -> SimulatedMetric {
        SimulatedMetric(name, "Count", .total, [.total], .events(range, zeroWhenIdle: true), dimensions: shards)
    }
}
