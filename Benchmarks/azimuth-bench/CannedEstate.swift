import HTTPTransport
import MetricModel

/// Azure and the collector without a network: answers of getBatch are put together from a template, so that they cost
/// next to nothing whatever the number of resources.
final class CannedEstate: HTTPClient {
    private struct State {
        var bytesOut = 0
        /// The metrics of one resource, by metrics and window.
        var template: (key: Substring, bytes: [UInt8]) = ("", [])
    }

    private let clock: SteppedClock
    private let metricNames: [String]
    private let state = Lock(State())

    /// Bytes of all requests to the collector.
    var bytesOut: Int { state.withLock { $0.bytesOut } }

    init(clock: SteppedClock, metricNames: [String]) {
        self.clock = clock
        self.metricNames = metricNames
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        if request.url.contains("/v1/metrics") {
            state.withLock { $0.bytesOut += request.body.count }
            return HTTPResponse(status: 200)
        }
        let body: [UInt8]
        if request.url.contains("/oauth2/") {
            body = Array(#"{"token_type":"Bearer","expires_in":3599,"access_token":"x"}"#.utf8)
        } else if request.url.contains("getBatch") {
            body = batch(request)
        } else if request.url.contains("ResourceGraph") {
            body = graph(request)
        } else {
            body = definitions
        }
        let headers = HTTPHeaders([("Content-Type", "application/json"), ("Date", date)])
        return HTTPResponse(status: 200, headers: headers, body: HTTPBody(body))
    }

    private var definitions: [UInt8] {
        let list = metricNames.map {
            #"{"name":{"value":"\#($0)"},"unit":"Percent","supportedAggregationTypes":["Average"],"#
                + #""metricAvailabilities":[{"timeGrain":"PT1M"}]}"#
        }
        return Array(#"{"value":[\#(list.joined(separator: ","))]}"#.utf8)
    }

    private func graph(_ request: HTTPRequest) -> [UInt8] {
        let ids = String(decoding: request.body, as: UTF8.self).split(separator: "'").filter { $0.hasPrefix("/") }
        let rows = ids.map { #"{"id":"\#($0)","type":"microsoft.compute/virtualmachines","location":"westeurope"}"# }
        return Array(
            #"{"totalRecords":\#(rows.count),"count":\#(rows.count),"data":[\#(rows.joined(separator: ","))]}"#.utf8)
    }

    private func batch(_ request: HTTPRequest) -> [UInt8] {
        let question = request.url[(request.url.firstIndex(of: "?") ?? request.url.startIndex)...]
        let metrics = state.withLock { state in
            if state.template.key != question { state.template = (question, Array(answeredMetrics(question).utf8)) }
            return state.template.bytes
        }
        let opening = Array(#"{"interval":"PT1M","resourceregion":"westeurope","resourceid":""#.utf8)
        var body = Array(#"{"values":["#.utf8)
        let quote = UInt8(ascii: "\"")
        var isFirst = true
        for id in request.body.split(separator: quote) where id.first == UInt8(ascii: "/") {
            if !isFirst { body.append(UInt8(ascii: ",")) }
            isFirst = false
            body += opening
            body += id
            body += metrics
        }
        return body + Array("]}".utf8)
    }

    /// `"value":[…]` for the window and all metrics of a question.
    private func answeredMetrics(_ question: Substring) -> String {
        func time(_ name: String) -> Int64 {
            let text = question.firstRange(of: name + "=").map { question[$0.upperBound...].prefix { $0 != "&" } } ?? ""
            return Self.seconds(text.split(separator: "%3A").joined(separator: ":"))
        }
        let (start, end) = (time("starttime"), time("endtime"))
        let list = metricNames.enumerated().map { number, name in
            let data = stride(from: start, to: end, by: 60).map { second in
                let value = Double((number * 131 + Int(second / 60) * 17) % 1000) / 8
                return #"{"timeStamp":"\#(Timestamp(seconds: second))","average":\#(value)}"#
            }
            return #"{"id":"x","type":"Microsoft.Insights/metrics","name":{"value":"\#(name)"},"unit":"Percent","#
                + #""errorCode":"Success","timeseries":[{"metadatavalues":[],"data":[\#(data.joined(separator: ","))]}]}"#
        }
        return #"","value":[\#(list.joined(separator: ","))]}"#
    }

    /// Of `2031-02-03T04:05:06Z`.
    private static func seconds(_ text: String) -> Int64 {
        let words = text.split { "-T:Z".contains($0) }.compactMap { Int64($0) }
        guard words.count >= 6 else { return 0 }
        let days = CivilDate(year: words[0], month: words[1], day: words[2]).daysSince1970
        return days * 86_400 + words[3] * 3600 + words[4] * 60 + words[5]
    }

    /// `Mon, 03 Feb 2031 04:05:06 GMT`.
    private var date: String {
        let now = clock.systemNow
        let words = "\(now)".split { "-TZ.".contains($0) }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "Mon, \(words[2]) \(months[(Int(words[1]) ?? 1) - 1]) \(words[0]) \(words[3]) GMT"
    }
}
