import HTTPTransport
import MetricModel

/// Azure and the collector without a network: an answer for each resource, and a sink that counts bytes.
final class CannedWire: HTTPClient {
    private let answers: CannedAnswers
    private let date = "Mon, 03 Feb 2031 12:00:00 GMT"
    private let counter = Lock(0)

    /// Bytes of all requests to the collector.
    var bytesOut: Int { counter.withLock { $0 } }

    init(_ answers: CannedAnswers) {
        self.answers = answers
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let headers = HTTPHeaders([("Content-Type", "application/json"), ("Date", date)])
        guard request.method == .post else {
            return HTTPResponse(status: 200, headers: headers, body: HTTPBody(answers.answer(to: request.url)))
        }
        if request.url.contains("/oauth2/") {
            let token = #"{"token_type":"Bearer","expires_in":3599,"access_token":"x"}"#
            return HTTPResponse(status: 200, headers: headers, body: HTTPBody(Array(token.utf8)))
        }
        // Nothing says where the resources are: each is asked about alone.
        if request.url.contains("/providers/Microsoft.ResourceGraph/") {
            let nobody = #"{"totalRecords":0,"count":0,"data":[],"facets":[],"resultTruncated":"false"}"#
            return HTTPResponse(status: 200, headers: headers, body: HTTPBody(Array(nobody.utf8)))
        }
        counter.withLock { $0 += request.body.count }
        return HTTPResponse(status: 200)
    }
}
