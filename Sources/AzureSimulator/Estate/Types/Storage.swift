import MetricModel

extension MetricTables {
    static let storageAccount: [SimulatedMetric] = [capacity("UsedCapacity", "Bytes", 40e9...44e9)] + traffic

    static let blobService: [SimulatedMetric] =
        [
            capacity("BlobCapacity", "Bytes", 30e9...33e9, blobTypes),
            capacity("BlobCount", "Count", 120_000...130_000, blobTypes),
        ] + traffic

    static let fileService: [SimulatedMetric] =
        [capacity("FileCapacity", "Bytes", 8e9...9e9, shares), capacity("FileCount", "Count", 4000...4100, shares)]
        + traffic

    private static let shares = [SimulatedDimension("FileShare", ["documents", "backups"])]
    private static let blobTypes = [SimulatedDimension("BlobType", ["BlockBlob", "PageBlob"])]

    /// Measured once an hour, offered at PT1H only, and late.
    private static func capacity(
        _ name: String, _ unit: String, _ range: ClosedRange<Double>, _ dimensions: [SimulatedDimension] = []
    ) -> SimulatedMetric {
        SimulatedMetric(
            name, unit, .average, [.average], .hourly(range), dimensions: dimensions, grains: [.oneHour],
            delay: .seconds(360))
    }

    private static let traffic: [SimulatedMetric] = [
        SimulatedMetric(
            "Transactions", "Count", .total, [.total], .events(0...30),
            dimensions: [SimulatedDimension("ResponseType", ["Success", "ClientOtherError", "ServerBusyError"])] + api),
        SimulatedMetric("Ingress", "Bytes", .total, .amounts, .whole(512...4e6).sparse(0.2), dimensions: api),
        SimulatedMetric("Egress", "Bytes", .total, .amounts, .whole(512...22e6).sparse(0.2), dimensions: api),
        SimulatedMetric(
            "SuccessE2ELatency", "MilliSeconds", .average, .levels, .level(3...400).sparse(0.2), dimensions: api),
        SimulatedMetric(
            "SuccessServerLatency", "MilliSeconds", .average, .levels, .level(1...90).sparse(0.2), dimensions: api),
        SimulatedMetric("Availability", "Percent", .average, .levels, .level(99...100), dimensions: api),
    ]

    private static let api = [
        SimulatedDimension("GeoType", ["Primary"]),
        SimulatedDimension("ApiName", ["GetBlob", "PutBlob", "ListBlobs", "GetBlobProperties"]),
        SimulatedDimension("Authentication", ["OAuth", "SAS"]),
    ]
}
