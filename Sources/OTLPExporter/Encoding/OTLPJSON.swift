import COTLP
import MetricModel

/// The OTLP/JSON form of a request, made from its protobuf bytes: what would be pushed, in letters.
///
/// Keys are lowerCamelCase, enumerations numbers, 64-bit integers strings, and what has its default value is left out, as
/// protobuf's JSON mapping wants it.
public enum OTLPJSON {
    /// Why there is no text.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// `batch`, which must not be compressed, as one line of JSON.
    public static func text(of batch: EncodedBatch) throws(Failure) -> String {
        guard !batch.isCompressed,
            let request = otlp__export_metrics_service_request__unpack(nil, batch.body.count, batch.body)
        else { throw Failure(description: "the request cannot be read back") }
        defer { otlp__export_metrics_service_request__free_unpacked(request, nil) }
        let resources = messages(request.pointee.resource_metrics, request.pointee.n_resource_metrics)
        return object([("resourceMetrics", array(resources.map(resourceMetrics)))])
    }

    private static func resourceMetrics(_ message: Otlp__ResourceMetrics) -> String {
        let scopes = messages(message.scope_metrics, message.n_scope_metrics)
        return object([
            ("resource", message.resource.map { object([("attributes", attributes($0.pointee))]) }),
            ("scopeMetrics", array(scopes.map(scopeMetrics))),
            ("schemaUrl", string(message.schema_url)),
        ])
    }

    private static func scopeMetrics(_ message: Otlp__ScopeMetrics) -> String {
        let scope = message.scope.map {
            object([("name", string($0.pointee.name)), ("version", string($0.pointee.version))])
        }
        return object([
            ("scope", scope), ("metrics", array(messages(message.metrics, message.n_metrics).map(metric))),
        ])
    }

    private static func metric(_ message: Otlp__Metric) -> String {
        var members = [
            ("name", string(message.name)), ("description", string(message.description)),
            ("unit", string(message.unit)),
        ]
        switch message.data_case {
        case OTLP__METRIC__DATA_GAUGE:
            let points = message.gauge.map { messages($0.pointee.data_points, $0.pointee.n_data_points) } ?? []
            members.append(("gauge", object([("dataPoints", array(points.map(point)))])))
        case OTLP__METRIC__DATA_SUM:
            guard let sum = message.sum?.pointee else { break }
            let points = messages(sum.data_points, sum.n_data_points)
            members.append(
                (
                    "sum",
                    object([
                        ("dataPoints", array(points.map(point))),
                        ("aggregationTemporality", "\(sum.aggregation_temporality.rawValue)"),
                        ("isMonotonic", sum.is_monotonic != 0 ? "true" : nil),
                    ])
                ))
        default: break
        }
        return object(members)
    }

    private static func point(_ message: Otlp__NumberDataPoint) -> String {
        var value: (String, String?) = ("asDouble", nil)
        switch message.value_case {
        case OTLP__NUMBER_DATA_POINT__VALUE_AS_DOUBLE: value = ("asDouble", number(message.as_double))
        case OTLP__NUMBER_DATA_POINT__VALUE_AS_INT: value = ("asInt", "\"\(message.as_int)\"")
        default: break
        }
        return object([
            ("attributes", attributes(message.attributes, message.n_attributes)),
            ("startTimeUnixNano", "\"\(message.start_time_unix_nano)\""),
            ("timeUnixNano", "\"\(message.time_unix_nano)\""),
            value, ("flags", message.flags == 0 ? nil : "\(message.flags)"),
        ])
    }

    private static func attributes(_ resource: Otlp__Resource) -> String? {
        attributes(resource.attributes, resource.n_attributes)
    }

    private static func attributes(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__KeyValue>?>?, _ count: Int
    ) -> String? {
        let pairs = messages(list, count).map { pair in
            // The encoder writes strings only.
            object([
                ("key", string(pair.key)),
                ("value", object([("stringValue", pair.value.flatMap { quoted($0.pointee.string_value) })])),
            ])
        }
        return array(pairs)
    }

    // MARK: JSON

    private static func messages<Message>(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
    ) -> [Message] {
        UnsafeBufferPointer(start: list, count: list == nil ? 0 : count).compactMap { $0?.pointee }
    }

    /// `nil` for an empty text, which is the default.
    private static func string(_ text: UnsafePointer<CChar>?) -> String? {
        guard let text, text.pointee != 0 else { return nil }
        return quoted(text)
    }

    private static func quoted(_ text: UnsafePointer<CChar>?) -> String? {
        text.map { jsonString(String(cString: $0)) }
    }

    /// Infinities and NaN are words in protobuf's JSON mapping.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "\"NaN\"" }
        if value.isInfinite { return value < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
        return value.description
    }

    /// `nil` when it is empty, which is the default.
    private static func array(_ elements: [String]) -> String? {
        elements.isEmpty ? nil : "[" + elements.joined(separator: ",") + "]"
    }

    private static func object(_ members: [(String, String?)]) -> String {
        let present = members.compactMap { name, value in value.map { jsonString(name) + ":" + $0 } }
        return "{" + present.joined(separator: ",") + "}"
    }
}
