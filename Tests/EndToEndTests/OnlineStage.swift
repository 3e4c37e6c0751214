import AzureSimulator
import MetricModel

/// A simulated Azure and a folder that fits, with no collector anywhere.
struct OnlineStage {
    static let machine =
        "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-shop/providers/"
        + "Microsoft.Compute/virtualMachines/vm-web-1"

    let azure: AzureSimulator
    let folder: AgentFolder

    init(limitedBus: Bool = false) throws {
        azure = try AzureSimulator(clock: SystemClock())
        folder = try AgentFolder(azure: azure, collector: NoServer())
        try folder.write("authentication:\n  mode: ServicePrincipal\n", to: "runtime.yaml")
        let bus = """
              - name: bus_messages
                description: Messages waiting
                resourceType: ServiceBusNamespace
                azureMetricConfiguration:
                  metricName: activemessages
                  limit: 3
                  aggregation: {type: Average}
                resources:
                  - namespace: sb-shop

            """
        if limitedBus {
            try folder.edit("metrics-declaration.yaml", "  - name: vm_cpu\n", bus + "  - name: vm_cpu\n")
        }
    }

    func calls(_ route: String) -> Int { azure.journal.count { $0.route == route } }
}

extension AzureSimulator: LocalServer {}
