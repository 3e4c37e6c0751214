import HTTPServer
import MetricModel

/// `GET {resource}/providers/Microsoft.Insights/metricDefinitions`.
enum MetricDefinitionsRoute {
    private static let versions: Set<String> = [
        "2018-01-01", "2019-07-01", "2021-05-01", "2023-10-01", "2024-02-01",
    ]

    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        let entry = try exchange.resource(versions: versions)
        let subscription = String(exchange.captures[0].prefix { $0 != "/" })
        let refused = exchange.azure.state.withLock { state -> AzureError? in
            do throws(AzureError) {
                try state.definitionReads.read(subscription: subscription, at: exchange.now)
                return nil
            } catch {
                return error
            }
        }
        if let refused { throw refused }
        let namespaces = entry.resource.namespaces
        let asked = exchange.parameters["metricnamespace"] ?? entry.type
        guard let namespace = namespaces.first(where: { $0.lowercased() == asked.lowercased() }) else {
            throw .badRequest(
                "The metric namespace '\(asked)' does not exist for this resource. "
                    + "Leave metricnamespace out, or use \(namespaces.joined(separator: ", ")).")
        }
        let body = JSONWriter.object { json in
            json.field("value") { json in
                json.array { json in
                    for metric in entry.rows(in: namespace) {
                        json.object { write(metric, entry.truth(of: metric).odd, namespace, entry.resource, &$0) }
                    }
                }
            }
        }
        return .json(body)
    }

    private static func write(
        _ metric: SimulatedMetric, _ odd: OddContent, _ namespace: String, _ resource: SimulatedResource,
        _ json: inout JSONWriter
    ) {
        json.field("id", "\(resource.id)/providers/microsoft.insights/metricdefinitions/\(metric.name)")
        json.field("resourceId", resource.id)
        json.field("namespace", namespace)
        json.name(metric.name)
        json.field("displayDescription", "\(metric.name) of a simulated resource")
        json.field("unit", odd.unit(metric.unit))
        odd.writeUnknownFields(to: &json)
        json.field("primaryAggregationType", metric.primary.definitionName)
        json.field(
            "supportedAggregationTypes",
            ["None"] + metric.advertised.map(\.definitionName) + (odd.has(.unknownAggregation) ? ["Percentile99"] : []))
        json.field("isDimensionRequired", false)
        if !metric.dimensions.isEmpty {
            json.field("dimensions") { json in
                json.array { json in
                    for dimension in metric.dimensions { json.object { $0.localizable(dimension.name) } }
                }
            }
        }
        json.field("metricAvailabilities") { json in
            json.array { json in
                for grain in metric.grains {
                    json.object { json in
                        json.field("timeGrain", grain.description)
                        json.field("retention", "P93D")
                    }
                }
            }
        }
    }
}
