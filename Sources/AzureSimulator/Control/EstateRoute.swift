import HTTPServer
import MetricModel

/// `GET /simulator/estate`: what exists, for people and for tests.
enum EstateRoute {
    static func answer(_ exchange: Exchange) -> ServedResponse {
        let body = JSONWriter.object { json in
            json.field("tenantId", exchange.azure.options.tenantID)
            json.field("clientId", exchange.azure.options.clientID)
            json.field("now", exchange.now.description)
            json.field("resources") { json in
                json.array { json in
                    for entry in exchange.azure.entries(at: exchange.now) { json.object { write(entry, &$0) } }
                }
            }
        }
        return .json(body)
    }

    private static func write(_ entry: EstateTruth.Entry, _ json: inout JSONWriter) {
        json.field("id", entry.resource.id)
        json.field("type", entry.type)
        json.field("location", entry.resource.location)
        if let sku = entry.resource.sku { json.field("sku", sku) }
        json.field("metrics") { json in
            json.array { json in
                for truth in entry.metrics { json.object { write(truth, &$0) } }
            }
        }
    }

    private static func write(_ truth: MetricTruth, _ json: inout JSONWriter) {
        let metric = truth.metric
        json.field("name", metric.name)
        if let namespace = metric.namespace { json.field("namespace", namespace) }
        json.field("unit", metric.unit)
        json.field("primaryAggregationType", metric.primary.definitionName)
        json.field("storedAggregationTypes", metric.stored.map(\.definitionName))
        json.field("timeGrains", metric.grains.map(\.description))
        json.field("dimensions", metric.dimensions.map(\.name))
        json.field("finalAfterSeconds", truth.delay.components.seconds)
    }
}
