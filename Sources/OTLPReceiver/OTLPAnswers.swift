import COTLP
import HTTPServer

/// The answers of an OTLP/HTTP receiver.
enum OTLPAnswers {
    /// 200. What was not kept goes out as a partial success.
    static func accepted(rejected: Int = 0, warning: String?) -> ServedResponse {
        var response = Otlp__ExportMetricsServiceResponse()
        otlp__export_metrics_service_response__init(&response)
        guard let warning else { return protobuf(200, encode(&response)) }
        return warning.withCString { message in
            var partial = Otlp__ExportMetricsPartialSuccess()
            otlp__export_metrics_partial_success__init(&partial)
            partial.rejected_data_points = Int64(rejected)
            partial.error_message = message
            return withUnsafeMutablePointer(to: &partial) { partial in
                response.partial_success = partial
                return protobuf(200, encode(&response))
            }
        }
    }

    /// A failure as `google.rpc.Status`.
    /// - Parameter code: Of gRPC: 3 = invalid argument.
    static func failure(_ status: Int, code: Int32 = 3, _ message: String) -> ServedResponse {
        message.withCString { text in
            var body = Otlp__Status()
            otlp__status__init(&body)
            body.code = code
            body.message = text
            var bytes = [UInt8](repeating: 0, count: otlp__status__get_packed_size(&body))
            otlp__status__pack(&body, &bytes)
            return protobuf(status, bytes)
        }
    }

    /// A refusal that has nothing to do with OTLP.
    static func plain(_ status: Int, _ text: String, headers: [(name: String, value: String)] = []) -> ServedResponse {
        ServedResponse(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")] + headers, body: Array(text.utf8))
    }

    private static func protobuf(_ status: Int, _ body: [UInt8]) -> ServedResponse {
        ServedResponse(status: status, headers: [("Content-Type", "application/x-protobuf")], body: body)
    }

    private static func encode(_ response: inout Otlp__ExportMetricsServiceResponse) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: otlp__export_metrics_service_response__get_packed_size(&response))
        otlp__export_metrics_service_response__pack(&response, &bytes)
        return bytes
    }
}
