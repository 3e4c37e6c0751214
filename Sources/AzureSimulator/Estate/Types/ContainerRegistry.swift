import MetricModel

extension MetricTables {
    static let containerRegistry: [SimulatedMetric] = [
        pulls("TotalPullCount", 0...30),
        pulls("SuccessfulPullCount", 0...28),
        pulls("TotalPushCount", 0...3),
        pulls("SuccessfulPushCount", 0...3),
        SimulatedMetric("RunDuration", "MilliSeconds", .total, [.total], .whole(0...90_000, samples: 1).sparse(0.9)),
        SimulatedMetric(
            "StorageUsed", "Bytes", .average, [.average], .hourly(8e9...9e9),
            dimensions: [SimulatedDimension("Geolocation", ["westeurope"])], grains: [.oneHour],
            delay: .seconds(360)),
    ]

    /// Advertises minimum and maximum without storing them.
    private static func pulls(_ name: String, _ range: ClosedRange<Double>) -> SimulatedMetric {
        SimulatedMetric(name, "Count", .average, .all, .events(range, zeroWhenIdle: true)).with {
            $0.stored = [.average, .total, .count]
        }
    }
}
