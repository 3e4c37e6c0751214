extension MetricTables {
    static let eventHubNamespace: [SimulatedMetric] = [
        counter("IncomingMessages", 0...900, hubs), counter("OutgoingMessages", 0...900, hubs),
        volume("IncomingBytes", "Bytes", 0...4e6, hubs), counter("ThrottledRequests", 0...2, hubs),
    ]

    static let iotHub: [SimulatedMetric] = [
        counter("d2c.telemetry.ingress.success", 0...300), gauge("connectedDeviceCount", "Count", 1...90),
        standing("dailyMessageQuotaUsed", "Count", 0...8000),
    ]

    static let deviceProvisioning: [SimulatedMetric] = [
        counter(
            "RegistrationAttempts", 0...9,
            [SimulatedDimension("IotHubName", ["iot-every"]), SimulatedDimension("Status", ["succeeded", "failed"])]),
        counter("DeviceAssignments", 0...6, [SimulatedDimension("IotHubName", ["iot-every"])]),
    ]

    static let logicWorkflow: [SimulatedMetric] = [
        counter("RunsStarted", 0...20), counter("RunsFailed", 0...2), gauge("RunLatency", "Seconds", 0.1...90),
    ]

    static let automationAccount: [SimulatedMetric] = [
        counter(
            "TotalJob", 0...9,
            [
                SimulatedDimension("Runbook", ["Start-Machines", "Stop-Machines"]),
                SimulatedDimension("Status", ["Completed", "Failed"]),
            ]),
        counter("TotalUpdateDeploymentRuns", 0...2, [SimulatedDimension("Status", ["Succeeded", "Failed"])]),
    ]

    static let dataFactory: [SimulatedMetric] = [
        counter("PipelineSucceededRuns", 0...12, pipelines), counter("PipelineFailedRuns", 0...2, pipelines),
        counter("ActivitySucceededRuns", 0...40, activities), counter("ActivityFailedRuns", 0...3, activities),
        counter("ActivityCancelledRuns", 0...2, activities),
        counter("TriggerSucceededRuns", 0...6, [SimulatedDimension("Name", ["nightly"])]),
    ]

    static let dataShare: [SimulatedMetric] = [
        standing("ShareCount", "Count", 0...5, [SimulatedDimension("ShareName", shares)]),
        standing("ShareSubscriptionCount", "Count", 0...9, [SimulatedDimension("ShareSubscriptionName", ["partners"])]),
        counter("SucceededShareSynchronizations", 0...3), counter("FailedShareSynchronizations", 0...1),
    ]

    static let synapseWorkspace: [SimulatedMetric] = [
        counter(
            "IntegrationPipelineRunsEnded", 0...9,
            [
                SimulatedDimension("Result", ["Succeeded", "Failed"]),
                SimulatedDimension("Pipeline", ["load", "clean"]),
            ]),
        volume("BuiltinSqlPoolDataProcessedBytes", "Bytes", 0...9e9),
    ]

    static let synapseSparkPool: [SimulatedMetric] = [
        standing("BigDataPoolAllocatedCores", "Count", 0...80),
        counter("BigDataPoolApplicationsEnded", 0...4, [SimulatedDimension("JobResult", ["Succeeded", "Failed"])]),
    ]

    static let synapseSQLPool: [SimulatedMetric] = [
        gauge("DWUUsedPercent", "Percent", 0...95),
        counter("Connections", 0...30, [SimulatedDimension("Result", ["Success", "Failure"])]),
    ]

    private static let hubs = [SimulatedDimension("EntityName", ["clicks", "orders"])]
    private static let shares: [DimensionValue] = ["sales", "stock"]
    private static let pipelines = [
        SimulatedDimension("Name", ["load-orders", "load-stock"]),
        SimulatedDimension("FailureType", ["None", "UserError", "SystemError"]),
    ]
    private static let activities = [
        SimulatedDimension("PipelineName", ["load-orders", "load-stock"]),
        SimulatedDimension("ActivityType", ["Copy", "Lookup"]),
    ]
}
