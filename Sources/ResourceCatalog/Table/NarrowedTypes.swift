/// Types that narrow the series of their metrics.
let narrowedTypes = [
    ResourceType(
        "ApiManagement", ["Microsoft.ApiManagement/service"],
        fields: [.required("instanceName"), .optional("locationName")],
        id: "Microsoft.ApiManagement/service/{instanceName}", instanceName: "{instanceName}",
        uniqueName: "{instanceName}-{locationName}", filter: .when(value: "{locationName}", dimension: "Location"),
        labels: [LabelTemplate(name: "location", value: "{locationName}")],
        discovery: ResourceDiscovery(
            ["Microsoft.ApiManagement/service"], fields: [DiscoveredField("instanceName")])),
    ResourceType(
        "AutomationAccount", ["Microsoft.Automation/automationAccounts"],
        fields: [.required("accountName"), .optional("runbookName")],
        id: "Microsoft.Automation/automationAccounts/{accountName}", instanceName: "{accountName}",
        uniqueName: "{accountName}-{runbookName}", filter: .when(value: "{runbookName}", dimension: "Runbook"),
        labels: [LabelTemplate(name: "runbook_name", value: "{runbookName}")],
        rules: [.onlyMetric("TotalJob", with: "runbookName")],
        discovery: ResourceDiscovery(
            ["Microsoft.Automation/automationAccounts"], fields: [DiscoveredField("accountName")])),
    ResourceType(
        "DataFactory", ["Microsoft.DataFactory/factories"],
        fields: [.required("factoryName"), .optional("pipelineName")],
        id: "Microsoft.DataFactory/factories/{factoryName}", instanceName: "{factoryName}-{pipelineName}",
        uniqueName: "{factoryName}-{pipelineName}",
        filter: .split(
            value: "{pipelineName}",
            dimension: MetricDimension(
                "Name",
                except: [
                    "ActivitySucceededRuns": "PipelineName", "ActivityFailedRuns": "PipelineName",
                    "ActivityCancelledRuns": "PipelineName",
                ]),
            label: .declared("pipeline_name")),
        discovery: ResourceDiscovery(["Microsoft.DataFactory/factories"], fields: [DiscoveredField("factoryName")])),
    ResourceType(
        "DataShare", ["Microsoft.DataShare/accounts"], fields: [.required("accountName"), .optional("shareName")],
        id: "Microsoft.DataShare/accounts/{accountName}", instanceName: "{accountName}-{shareName}",
        uniqueName: "{accountName}-{shareName}",
        filter: .split(
            value: "{shareName}",
            dimension: MetricDimension("ShareName", except: ["ShareSubscriptionCount": "ShareSubscriptionName"]),
            label: .always("share_name")),
        discovery: ResourceDiscovery(["Microsoft.DataShare/accounts"], fields: [DiscoveredField("accountName")])),
    ResourceType(
        "EventHubs", ["Microsoft.EventHub/namespaces"], fields: [.required("namespace"), .optional("topicName")],
        id: "Microsoft.EventHub/namespaces/{namespace}", instanceName: "{namespace}",
        uniqueName: "{namespace}-{topicName}",
        filter: .split(value: "{topicName}", dimension: "EntityName", label: .always("entity_name")),
        rules: [.dimensions(atMost: 1), .noDimension("EntityName", with: ["topicName"])],
        discovery: ResourceDiscovery(
            ["Microsoft.EventHub/namespaces"], fields: [DiscoveredField("namespace")])),
    ResourceType(
        "Generic", [], fields: [.required("resourceUri"), .optional("filter")], id: "{resourceUri}",
        instanceName: "{resourceUri}", uniqueName: "{resourceUri}", filter: .declared(field: "filter"),
        rules: [
            .noPrefix(
                ["subscriptions/", "/subscriptions/"], field: "resourceUri",
                fix:
                    "write what follows `/providers/` in the id, and give `subscriptionId` and `resourceGroupName` beside it"
            )
        ],
        discovery: nil),
    ResourceType(
        "ServiceBusNamespace", ["Microsoft.ServiceBus/namespaces"],
        fields: [.required("namespace"), .optional("queueName"), .optional("topicName")],
        id: "Microsoft.ServiceBus/namespaces/{namespace}", instanceName: "{namespace}",
        uniqueName: "{namespace}-{queueName}-{topicName}",
        filter: .split(value: "{queueName|topicName}", dimension: "EntityName", label: .always("entity_name")),
        rules: [
            .dimensions(atMost: 1), .noDimension("EntityName", with: ["queueName", "topicName"]),
            .exclusive(["queueName", "topicName"]),
        ],
        discovery: ResourceDiscovery(
            ["Microsoft.ServiceBus/namespaces"], fields: [DiscoveredField("namespace")])),
]
