extension MetricTables {
    static let networkInterface: [SimulatedMetric] = [
        volume("BytesReceivedRate", "Bytes", 1e3...60e6), volume("BytesSentRate", "Bytes", 1e3...90e6),
        volume("PacketsReceivedRate", "Count", 10...90_000),
    ]

    static let applicationGateway: [SimulatedMetric] = [
        counter("TotalRequests", 0...900, [pool]), gauge("Throughput", "BytesPerSecond", 100...2e6),
        gauge("HealthyHostCount", "Count", 1...2, [pool]),
        counter("ResponseStatus", 0...900, [SimulatedDimension("HttpStatusGroup", ["2xx", "4xx", "5xx"])]),
    ]

    static let frontDoor: [SimulatedMetric] = [
        counter("RequestCount", 0...900, [SimulatedDimension("HttpStatusGroup", ["2XX", "4XX"])]),
        gauge("TotalLatency", "MilliSeconds", 4...600),
        gauge("BackendHealthPercentage", "Percent", 90...100, [SimulatedDimension("BackendPool", ["web"])]),
    ]

    static let cdnProfile: [SimulatedMetric] = [
        counter(
            "RequestCount", 0...2000,
            [
                SimulatedDimension("HttpStatusGroup", ["2XX", "3XX"]),
                SimulatedDimension("Endpoint", ["shop", "images"]),
            ]),
        gauge("ByteHitRatio", "Percent", 60...99, [SimulatedDimension("Endpoint", ["shop", "images"])]),
        gauge("TotalLatency", "MilliSeconds", 2...300),
    ]

    static let trafficManager: [SimulatedMetric] = [
        counter("QpsByEndpoint", 0...600, [endpoint]),
        standing("ProbeAgentCurrentEndpointStateByProfileResourceId", "Count", 1...1, [endpoint]),
    ]

    static let dnsZone: [SimulatedMetric] = [
        counter("QueryVolume", 0...5000), standing("RecordSetCount", "Count", 20...24),
        standing("RecordSetCapacityUtilization", "Percent", 1...1),
    ]

    static let azureFirewall: [SimulatedMetric] = [
        volume("DataProcessed", "Bytes", 1e3...90e6),
        gauge("FirewallHealth", "Percent", 95...100, [SimulatedDimension("Status", ["Healthy"])]),
        counter("ApplicationRuleHit", 0...200, [SimulatedDimension("Status", ["Allow", "Deny"])]),
    ]

    static let natGateway: [SimulatedMetric] = [
        volume("ByteCount", "Bytes", 1e3...50e6, [direction]), volume("PacketCount", "Count", 10...60_000, [direction]),
        counter("SNATConnectionCount", 0...300, [SimulatedDimension("ConnectionState", ["Attempted", "Failed"])]),
    ]

    static let virtualNetwork: [SimulatedMetric] = [
        gauge(
            "PingMeshAverageRoundtripMs", "MilliSeconds", 0.5...9,
            [SimulatedDimension("DestinationCustomerAddress", ["10.0.0.4", "10.0.0.5"])]),
        standing("IfUnderDDoSAttack", "Count", 0...0, [SimulatedDimension("ProtectedIPAddress", ["20.61.4.10"])]),
    ]

    static let virtualNetworkGateway: [SimulatedMetric] = [
        gauge(
            "AverageBandwidth", "BytesPerSecond", 1e3...4e6,
            [SimulatedDimension("Instance", ["GatewayTenantWorker_IN_0"])]),
        gauge("P2SConnectionCount", "Count", 0...20, [SimulatedDimension("Protocol", ["OpenVPN", "IKEv2"])]),
        volume("TunnelIngressBytes", "Bytes", 1e3...40e6, [SimulatedDimension("ConnectionName", ["office"])]),
    ]

    static let expressRouteCircuit: [SimulatedMetric] = [
        gauge("BitsInPerSecond", "BitsPerSecond", 1e4...9e8, [peering]),
        gauge("BitsOutPerSecond", "BitsPerSecond", 1e4...9e8, [peering]), gauge("ArpAvailability", "Percent", 99...100),
    ]

    private static let pool = SimulatedDimension("BackendSettingsPool", ["web~http"])
    private static let endpoint = SimulatedDimension("EndpointName", ["europe", "america"])
    private static let direction = SimulatedDimension("Direction", ["In", "Out"])
    private static let peering = SimulatedDimension("PeeringType", ["Private"])
}
