extension MetricTables {
    static let loadBalancer: [SimulatedMetric] = [
        SimulatedMetric(
            "ByteCount", "Bytes", .total, [.total], .whole(1e3...70e6), dimensions: [frontend, frontendPort, direction]),
        SimulatedMetric(
            "PacketCount", "Count", .total, [.total], .whole(10...60_000),
            dimensions: [frontend, frontendPort, direction]),
        SimulatedMetric(
            "SYNCount", "Count", .total, [.total], .whole(0...900), dimensions: [frontend, frontendPort, direction]),
        SimulatedMetric(
            "SnatConnectionCount", "Count", .total, [.total], .whole(0...400, samples: 1),
            dimensions: [frontend, backend, SimulatedDimension("ConnectionState", ["Attempted", "Failed"])]),
        SimulatedMetric(
            "UsedSnatPorts", "Count", .average, .levels, .whole(0...1024), dimensions: [frontend, backend]),
        SimulatedMetric(
            "VipAvailability", "Count", .average, .levels, .level(98...100), dimensions: [frontend, frontendPort]),
        SimulatedMetric(
            "DipAvailability", "Count", .average, .levels, .level(95...100), dimensions: [frontend, backend]),
    ]

    static let publicIPAddress: [SimulatedMetric] = [
        SimulatedMetric("ByteCount", "Bytes", .total, [.total], .whole(1e3...70e6), dimensions: [port, direction]),
        SimulatedMetric("PacketCount", "Count", .total, [.total], .whole(10...60_000), dimensions: [port, direction]),
        SimulatedMetric("SynCount", "Count", .total, [.total], .whole(0...900), dimensions: [port, direction]),
        SimulatedMetric("VipAvailability", "Count", .average, .levels, .level(98...100), dimensions: [port]),
        SimulatedMetric("IfUnderDDoSAttack", "Count", .maximum, [.maximum], .whole(0...0, samples: 1)),
    ]

    private static let frontend = SimulatedDimension("FrontendIPAddress", ["20.61.4.10"])
    private static let backend = SimulatedDimension("BackendIPAddress", ["10.0.0.4", "10.0.0.5"])
    private static let frontendPort = SimulatedDimension("FrontendPort", ["80", "443"])
    private static let port = SimulatedDimension("Port", ["80", "443"])
    private static let direction = SimulatedDimension("Direction", ["In", "Out"])
}
