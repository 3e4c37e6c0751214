extension MetricTables {
    static let appPlan: [SimulatedMetric] = [
        level("CpuPercentage", "Percent", .level(3...92)),
        level("MemoryPercentage", "Percent", .level(35...88)),
        level("HttpQueueLength", "Count", .whole(0...12)),
        level("DiskQueueLength", "Count", .whole(0...6)),
        level("TcpEstablished", "Count", .whole(4...700)),
        SimulatedMetric(
            "BytesReceived", "Bytes", .total, .amounts, .whole(2e3...8e6), dimensions: instance, delay: .seconds(150)),
        SimulatedMetric(
            "BytesSent", "Bytes", .total, .amounts, .whole(2e3...30e6), dimensions: instance, delay: .seconds(150)),
    ]

    private static let instance = [SimulatedDimension("Instance", ["wn0sdwk0000AB", "wn1sdwk0000CD"])]

    private static func level(_ name: String, _ unit: String, _ shape: ValueShape) -> SimulatedMetric {
        SimulatedMetric(name, unit, .average, .levels, shape, dimensions: instance, delay: .seconds(150))
    }
}
