import COTLP
import MetricModel

/// What one request held.
package struct DecodedRequest {
    package var points: [ReceivedPoint] = []
    var otherMetrics = 0
    var pointsWithoutValue = 0
}

/// Reads `ExportMetricsServiceRequest`s.
package enum MetricsDecoder {
    /// Why a body is refused.
    package struct Failure: Error {
        let message: String
    }

    /// Everything in `body`, in the order of the wire.
    /// - Throws: When it is no such message, or a text in it is not UTF-8.
    package static func decode(_ body: [UInt8]) throws(Failure) -> DecodedRequest {
        guard let request = otlp__export_metrics_service_request__unpack(nil, body.count, body) else {
            throw Failure(message: "the body is not an ExportMetricsServiceRequest")
        }
        defer { otlp__export_metrics_service_request__free_unpacked(request, nil) }
        var decoded = DecodedRequest()
        for resource in messages(request.pointee.resource_metrics, request.pointee.n_resource_metrics) {
            try decodeResource(resource, into: &decoded)
        }
        return decoded
    }

    private static func decodeResource(
        _ resource: Otlp__ResourceMetrics, into decoded: inout DecodedRequest
    ) throws(Failure) {
        var point = ReceivedPoint(
            resourceAttributes: [], scopeName: "", scopeVersion: "", metricName: "", description: "", unit: "",
            sum: nil, attributes: [], startTime: Timestamp(seconds: 0), time: Timestamp(seconds: 0),
            recordedValue: nil)
        if let identity = resource.resource?.pointee {
            point.resourceAttributes = try labels(identity.attributes, identity.n_attributes)
        }
        for scope in messages(resource.scope_metrics, resource.n_scope_metrics) {
            point.scopeName = try text(scope.scope?.pointee.name)
            point.scopeVersion = try text(scope.scope?.pointee.version)
            for metric in messages(scope.metrics, scope.n_metrics) {
                try decodeMetric(metric, like: point, into: &decoded)
            }
        }
    }

    private static func decodeMetric(
        _ metric: Otlp__Metric, like template: ReceivedPoint, into decoded: inout DecodedRequest
    ) throws(Failure) {
        var point = template
        point.metricName = try text(metric.name)
        point.description = try text(metric.description)
        point.unit = try text(metric.unit)
        switch metric.data_case {
        case OTLP__METRIC__DATA_GAUGE:
            guard let gauge = metric.gauge?.pointee else { return }
            try decodePoints(gauge.data_points, gauge.n_data_points, like: point, into: &decoded)
        case OTLP__METRIC__DATA_SUM:
            guard let sum = metric.sum?.pointee else { return }
            point.sum = ReceivedSum(
                temporality: temporality(sum.aggregation_temporality), isMonotonic: sum.is_monotonic != 0)
            try decodePoints(sum.data_points, sum.n_data_points, like: point, into: &decoded)
        default:
            decoded.otherMetrics += 1
        }
    }

    private static func decodePoints(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__NumberDataPoint>?>?, _ count: Int,
        like template: ReceivedPoint, into decoded: inout DecodedRequest
    ) throws(Failure) {
        let noValue = UInt32(OTLP__DATA_POINT_FLAGS__DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK.rawValue)
        for wire in messages(list, count) {
            var point = template
            point.attributes = try labels(wire.attributes, wire.n_attributes)
            point.startTime = timestamp(wire.start_time_unix_nano)
            point.time = timestamp(wire.time_unix_nano)
            switch wire.value_case {
            case _ where wire.flags & noValue != 0: point.recordedValue = nil
            case OTLP__NUMBER_DATA_POINT__VALUE_AS_DOUBLE: point.recordedValue = wire.as_double
            case OTLP__NUMBER_DATA_POINT__VALUE_AS_INT: point.recordedValue = Double(wire.as_int)
            default:
                decoded.pointsWithoutValue += 1
                continue
            }
            decoded.points.append(point)
        }
    }

    private static func temporality(_ wire: Otlp__AggregationTemporality) -> MetricKind.Temporality? {
        switch wire {
        case OTLP__AGGREGATION_TEMPORALITY__AGGREGATION_TEMPORALITY_DELTA: .delta
        case OTLP__AGGREGATION_TEMPORALITY__AGGREGATION_TEMPORALITY_CUMULATIVE: .cumulative
        default: nil
        }
    }

    private static func timestamp(_ nanoseconds: UInt64) -> Timestamp {
        Timestamp(nanosecondsSince1970: Int64(clamping: nanoseconds))
    }

    // MARK: Parts that every message has

    static func messages<Message>(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
    ) -> some Sequence<Message> {
        UnsafeBufferPointer(start: list, count: count).lazy.compactMap { $0?.pointee }
    }

    static func text(_ string: UnsafePointer<CChar>?) throws(Failure) -> String {
        guard let string else { return "" }
        guard let text = String(validatingCString: string) else { throw Failure(message: "a text is not UTF-8") }
        return text
    }

    private static func labels(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__KeyValue>?>?, _ count: Int
    ) throws(Failure) -> [Label] {
        var labels: [Label] = []
        labels.reserveCapacity(count)
        for attribute in messages(list, count) {
            labels.append(Label(try text(attribute.key), try AttributeText.text(of: attribute.value?.pointee)))
        }
        return labels
    }
}

/// Attribute values as text: strings as they are, the rest like JSON.
enum AttributeText {
    static func text(of value: Otlp__AnyValue?) throws(MetricsDecoder.Failure) -> String {
        guard let value else { return "" }
        switch value.value_case {
        case OTLP__ANY_VALUE__VALUE_STRING_VALUE: return try MetricsDecoder.text(value.string_value)
        case OTLP__ANY_VALUE__VALUE_BOOL_VALUE: return value.bool_value == 0 ? "false" : "true"
        case OTLP__ANY_VALUE__VALUE_INT_VALUE: return String(value.int_value)
        case OTLP__ANY_VALUE__VALUE_DOUBLE_VALUE: return String(value.double_value)
        case OTLP__ANY_VALUE__VALUE_ARRAY_VALUE: return try array(value.array_value?.pointee)
        case OTLP__ANY_VALUE__VALUE_KVLIST_VALUE: return try object(value.kvlist_value?.pointee)
        case OTLP__ANY_VALUE__VALUE_BYTES_VALUE: return "(\(value.bytes_value.len) bytes)"
        default: return ""
        }
    }

    private static func array(_ array: Otlp__ArrayValue?) throws(MetricsDecoder.Failure) -> String {
        var parts: [String] = []
        guard let array else { return "[]" }
        for value in MetricsDecoder.messages(array.values, array.n_values) { parts.append(try text(of: value)) }
        return "[" + parts.joined(separator: ",") + "]"
    }

    private static func object(_ list: Otlp__KeyValueList?) throws(MetricsDecoder.Failure) -> String {
        var parts: [String] = []
        guard let list else { return "{}" }
        for pair in MetricsDecoder.messages(list.values, list.n_values) {
            parts.append(try MetricsDecoder.text(pair.key) + ":" + text(of: pair.value?.pointee))
        }
        return "{" + parts.joined(separator: ",") + "}"
    }
}
