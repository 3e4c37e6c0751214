extension MetricTables {
    static let virtualMachine: [SimulatedMetric] = [
        SimulatedMetric("Percentage CPU", "Percent", .average, .levels, .level(1...97)),
        SimulatedMetric("Available Memory Bytes", "Bytes", .average, .levels, .whole(400e6...7.6e9)),
        SimulatedMetric("Network In Total", "Bytes", .total, .amounts, .whole(20e3...90e6)),
        SimulatedMetric("Network Out Total", "Bytes", .total, .amounts, .whole(30e3...160e6)),
        SimulatedMetric("Disk Read Bytes", "Bytes", .total, .amounts, .whole(0...40e6).sparse(0.1)),
        SimulatedMetric("Disk Write Bytes", "Bytes", .total, .amounts, .whole(4096...60e6)),
        SimulatedMetric("Disk Read Operations/Sec", "CountPerSecond", .average, .levels, .level(0...450)),
        SimulatedMetric("OS Disk Read Bytes/sec", "BytesPerSecond", .average, .levels, .level(0...9e5)),
        SimulatedMetric(
            "Data Disk Read Bytes/sec", "BytesPerSecond", .average, .levels, .level(0...3e6),
            dimensions: [SimulatedDimension("LUN", ["0", "1"])]),
        SimulatedMetric("CPU Credits Remaining", "Count", .average, .levels, .level(0...576).sparse(0.7)),
        SimulatedMetric("VmAvailabilityMetric", "Count", .average, .levels, .whole(1...1, samples: 1)),
        guest("mem/available_percent", .level(4...80)),
        guest("disk/used_percent", .level(20...95, samples: 1)),
    ]

    /// What the monitoring agent inside the machine sends: a custom metric in a namespace of its own.
    private static func guest(_ name: String, _ shape: ValueShape) -> SimulatedMetric {
        SimulatedMetric(name, "Unspecified", .average, .all, shape).with {
            $0.namespace = "Azure.VM.Linux.GuestMetrics"
        }
    }
}
