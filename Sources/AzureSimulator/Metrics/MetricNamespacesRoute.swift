import HTTPServer

/// `GET {resource}/providers/microsoft.insights/metricNamespaces`.
enum MetricNamespacesRoute {
    private static let versions: Set<String> = ["2017-12-01-preview", "2023-10-01", "2024-02-01"]

    /// Custom namespaces go first, and a resource that has one lists the platform's twice: both happen in Azure.
    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        let resource = try exchange.resource(versions: versions).resource
        let custom = resource.namespaces.dropFirst()
        let platform = Array(repeating: resource.type, count: custom.isEmpty ? 1 : 2)
        let body = JSONWriter.object { json in
            json.field("value") { json in
                json.array { json in
                    for namespace in custom { write(namespace, "Custom", resource, &json) }
                    for namespace in platform { write(namespace, "Platform", resource, &json) }
                }
            }
        }
        return .json(body)
    }

    private static func write(
        _ namespace: String, _ classification: String, _ resource: SimulatedResource, _ json: inout JSONWriter
    ) {
        let escaped = namespace.split(separator: "/").joined(separator: "-")
        json.object { json in
            json.field("id", "\(resource.id)/providers/microsoft.insights/metricNamespaces/\(escaped)")
            json.field("type", "Microsoft.Insights/metricNamespaces")
            json.field("name", escaped)
            json.field("classification", classification)
            json.field("properties") { $0.object { $0.field("metricNamespaceName", namespace) } }
        }
    }
}
