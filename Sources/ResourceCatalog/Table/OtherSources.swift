/// Types whose values do not come from Azure Monitor.
let typesOfOtherSources = [
    ResourceType(
        "LogAnalytics", ["Microsoft.OperationalInsights/workspaces"],
        fields: [.required("workspaceId"), .required("workspaceName", mayBeBlank: true)],
        id: "Microsoft.OperationalInsights/workspaces/{workspaceName}/Overview", instanceName: "{workspaceName}",
        uniqueName: "{workspaceName}", filter: .unsupported,
        labels: [
            LabelTemplate(name: "workspace_id", value: "{workspaceId}"),
            LabelTemplate(name: "workspace_name", value: "{workspaceName}"),
        ], source: .logAnalytics, discovery: nil),
    ResourceType(
        "StorageQueue", ["Microsoft.Storage/storageAccounts/queueServices"],
        fields: [.required("accountName"), .required("queueName"), .secret("sasToken")],
        id: "Microsoft.Storage/storageAccounts/{accountName}/queueServices", instanceName: "{accountName}",
        uniqueName: "{accountName}-{queueName}", filter: .unsupported,
        labels: [LabelTemplate(name: "queue_name", value: "{queueName}")],
        metricNames: ["MessageCount", "TimeSpentInQueue"], source: .storageQueue, discovery: nil),
]
