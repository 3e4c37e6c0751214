import AzureSimulator
import MetricModel
import ResourceCatalog

/// A declaration of every metric of every resource of an estate that was made by the numbers, each minute.
public enum ScaledDeclaration {
    /// `metrics-declaration.yaml` for a simulator at `baseURL`; see ``DemoDeclaration/metrics(baseURL:tenantID:subscriptionID:)``.
    ///
    /// Its resources are of types that go by one field, their name. Those of a type are listed once; its other metrics refer to that list.
    public static func metrics(estate: Estate, baseURL: String, tenantID: String, subscriptionID: String) -> String {
        var text = DemoDeclaration.head(
            baseURL: baseURL, tenantID: tenantID, subscriptionID: subscriptionID, group: Estate.scaledGroup,
            team: "scaled")
        var types: [String] = []
        var resources: [String: [SimulatedResource]] = [:]
        for resource in estate.resources {
            let type = resource.type
            if resources[type] == nil { types.append(type) }
            resources[type, default: []].append(resource)
        }
        for type in types { text += metrics(of: resources[type] ?? []) }
        return text
    }

    private static func metrics(of resources: [SimulatedResource]) -> String {
        guard let first = resources.first else { return "" }
        let (type, fields) = EveryTypeDeclaration.declared(first)
        let field = fields.first?.key ?? "resourceUri"
        var text = ""
        for (index, metric) in first.metrics.enumerated() {
            let name = "azure_\(type)_\(metric.name)".lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
            text += """
                  - name: \(String(name))
                    description: \(metric.name) of the simulated estate
                    resourceType: \(type)
                    azureMetricConfiguration: {metricName: \(metric.name), aggregation: {type: \(metric.primary.definitionName)}}
                    resources: \(index == 0 ? "&" : "*")\(type)

                """
            guard index == 0 else { continue }
            for resource in resources {
                text += "      - {\(field): \(ResourceID(resource.id).name)}\n"
            }
        }
        return text
    }
}
