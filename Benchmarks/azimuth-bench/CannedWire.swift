import HTTPTransport
import MetricModel

/// Azure and the collector without a network: one answer for all resources, and a sink that counts bytes.
final class CannedWire: HTTPClient {
    private let metrics: HTTPBody
    private let date: String
    private let counter = Lock(0)

    /// Bytes of all requests to the collector.
    var bytesOut: Int { counter.withLock { $0 } }

    init(metricCount: Int, bucketCount: Int, end: Timestamp) {
        metrics = HTTPBody(Array(Self.answer(metricCount, bucketCount, end: end - .seconds(180)).utf8))
        date = "Mon, 03 Feb 2031 12:00:00 GMT"
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let headers = HTTPHeaders([("Content-Type", "application/json"), ("Date", date)])
        if request.url.contains("/oauth2/") {
            let token = #"{"token_type":"Bearer","expires_in":3599,"access_token":"x"}"#
            return HTTPResponse(status: 200, headers: headers, body: HTTPBody(Array(token.utf8)))
        }
        guard request.method == .get else {
            counter.withLock { $0 += request.body.count }
            return HTTPResponse(status: 200)
        }
        return HTTPResponse(status: 200, headers: headers, body: metrics)
    }

    private static func answer(_ metricCount: Int, _ bucketCount: Int, end: Timestamp) -> String {
        let start = end - .seconds(60 * bucketCount)
        var metrics: [String] = []
        for metric in 0..<metricCount {
            let data = (0..<bucketCount).map { bucket in
                let value = Double((metric * 131 + bucket * 17) % 1000) / 8
                return "{\"timeStamp\":\"\(start + .seconds(60 * bucket))\",\"average\":\(value)}"
            }
            metrics.append(
                """
                {"id":"/subscriptions/s/metrics/Metric \(metric)","type":"Microsoft.Insights/metrics",\
                "name":{"value":"Metric \(metric)","localizedValue":"Metric \(metric)"},"unit":"Percent",\
                "errorCode":"Success","timeseries":[{"metadatavalues":[],"data":[\(data.joined(separator: ","))]}]}
                """)
        }
        return """
            {"cost":0,"timespan":"\(start)/\(end)","interval":"PT1M","namespace":"Microsoft.Compute/virtualMachines",\
            "resourceregion":"westeurope","value":[\(metrics.joined(separator: ","))]}
            """
    }
}
