extension MetricTables {
    static let virtualMachineScaleSet: [SimulatedMetric] = [
        gauge("Percentage CPU", "Percent", 2...95, instances),
        volume("Network In Total", "Bytes", 40e3...180e6, instances),
        volume("Network Out Total", "Bytes", 60e3...320e6, instances),
    ]

    static let containerGroup: [SimulatedMetric] = [
        gauge("CpuUsage", "Count", 5...980, containers),
        gauge("MemoryUsage", "Bytes", 80e6...900e6, containers),
        gauge("NetworkBytesReceivedPerSecond", "Bytes", 0...4e5),
    ]

    static let managedCluster: [SimulatedMetric] = [
        gauge("node_cpu_usage_percentage", "Percent", 4...88, nodes),
        gauge("node_memory_working_set_percentage", "Percent", 20...82, nodes),
        standing(
            "kube_pod_status_phase", "Count", 1...40,
            [
                SimulatedDimension("phase", ["Running", "Pending"]),
                SimulatedDimension("namespace", ["default", "shop"]),
            ]),
    ]

    static let autoscaleSetting: [SimulatedMetric] = [
        gauge("ObservedCapacity", "Count", 1...10),
        gauge("ObservedMetricValue", "Count", 5...90, [SimulatedDimension("MetricTriggerSource", ["plan-every"])]),
        counter("ScaleActionsInitiated", 0...1, [SimulatedDimension("ScaleDirection", ["Increase", "Decrease"])]),
    ]

    private static let instances = [SimulatedDimension("VMName", ["vmss-every_0", "vmss-every_1"])]
    private static let containers = [SimulatedDimension("containerName", ["app", "sidecar"])]
    private static let nodes = [
        SimulatedDimension("node", ["aks-pool1-000000", "aks-pool1-000001"]), SimulatedDimension("nodepool", ["pool1"]),
    ]
}
