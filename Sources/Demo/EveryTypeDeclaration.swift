import AzureSimulator
import MetricModel
import ResourceCatalog

/// A declaration of one metric of each resource of the simulator's estate of every type, made from the estate alone.
public enum EveryTypeDeclaration {
    /// `metrics-declaration.yaml` for a simulator at `baseURL`; see ``DemoDeclaration/metrics(baseURL:tenantID:subscriptionID:)``.
    public static func metrics(baseURL: String, tenantID: String, subscriptionID: String) -> String {
        DemoDeclaration.head(
            baseURL: baseURL, tenantID: tenantID, subscriptionID: subscriptionID, group: Estate.everyTypeGroup,
            team: "every-type") + Estate.everyType.resources.compactMap(metric).joined()
    }

    private static func metric(of resource: SimulatedResource) -> String? {
        guard let metric = resource.metrics.first(where: { $0.grains.contains(.oneMinute) }) else { return nil }
        let (type, fields) = declared(resource)
        let name = "azure_\(type)_\(metric.name)".lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
        return """
              - name: \(String(name))
                description: \(metric.name) of \(ResourceID(resource.id).name)
                resourceType: \(type)
                azureMetricConfiguration: {metricName: \(metric.name), aggregation: {type: \(metric.primary.definitionName)}}
                resources:
                  - {\(fields.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}

            """
    }

    /// Promitor's type and the fields by which a declaration names the resource.
    static func declared(_ resource: SimulatedResource) -> (
        type: String, fields: [(key: String, value: String)]
    ) {
        let id = ResourceID(resource.id)
        for type in ResourceCatalog.names.compactMap({ ResourceCatalog.type(named: $0) }) {
            let fields = type.discovery?.fields(type: id.type, name: id.name, id: resource.id, kind: resource.kind)
            if let fields { return (type.name, fields.sorted { $0.key < $1.key }) }
        }
        let behindProviders = resource.id.split(separator: "/").drop { $0 != "providers" }.dropFirst()
        // The services of a storage account cannot be discovered: they go by the account's name.
        switch id.type.split(separator: "/").last {
        case "blobServices": return ("BlobStorage", [("accountName", account(behindProviders))])
        case "fileServices": return ("FileStorage", [("accountName", account(behindProviders))])
        default: return ("Generic", [("resourceUri", behindProviders.joined(separator: "/"))])
        }
    }

    /// The third of `Microsoft.Storage/storageAccounts/…`.
    private static func account(_ segments: ArraySlice<Substring>) -> String {
        segments.dropFirst(2).first.map(String.init) ?? ""
    }
}
