import Foundation
import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// A simulated Azure without network, on a clock that stands still, with a token in hand.
struct TestAzure {
    static let noon = Timestamp(seconds: 1_927_972_800)  // 2031-02-04T12:00:00Z

    let azure: SimulatedAzure
    let clock: SteppedClock
    let token: String

    init(_ options: SimulatorOptions = TestAzure.options(), now: Timestamp = TestAzure.noon) {
        clock = SteppedClock(start: now)
        azure = SimulatedAzure(options: options, clock: clock)
        token = azure.state.withLock {
            $0.tokens.issue(
                audience: "https://management.azure.com", principal: options.clientID, lifetime: .seconds(360_000),
                now: now)
        }
    }

    /// Options whose estate is a month old, so that what appears late is there unless a test wants otherwise.
    static func options(
        _ estate: Estate = .standard, start: Timestamp = noon - .seconds(30 * 86_400),
        _ change: (inout SimulatorOptions) -> Void = { _ in }
    ) -> SimulatorOptions {
        var options = SimulatorOptions(estate: estate)
        options.start = start
        change(&options)
        return options
    }

    /// The id of the resource of the standard estate whose id ends so.
    static func id(_ ending: String) -> String {
        Estate.standard.resources.first { $0.id.hasSuffix("/" + ending) }?.id ?? "no such resource"
    }

    struct Answer {
        let status: Int
        let headers: [(name: String, value: String)]
        let json: [String: Any]
        let body: [UInt8]

        init(_ response: ServedResponse) {
            status = response.status
            headers = response.headers
            body = response.body
            json = jsonObject(response.body)
        }

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

        /// Of either shape.
        var code: String? { (json["error"] as? [String: Any] ?? json)["code"] as? String }
        var message: String { (json["error"] as? [String: Any] ?? json)["message"] as? String ?? "" }
        var isWrapped: Bool { json["error"] is [String: Any] }

        var metrics: [Metric] { (json["value"] as? [[String: Any]] ?? []).map(Metric.init) }
        /// The series of the only metric.
        var series: [Series] { metrics.count == 1 ? metrics[0].series : [] }
    }

    struct Metric {
        let json: [String: Any]
        var name: String { (json["name"] as? [String: Any])?["value"] as? String ?? "" }
        var id: String { json["id"] as? String ?? "" }
        var errorCode: String? { json["errorCode"] as? String }
        var series: [Series] { (json["timeseries"] as? [[String: Any]] ?? []).map(Series.init) }
    }

    struct Series {
        let json: [String: Any]

        /// Names as answered.
        var dimensions: [String: String] {
            var dimensions: [String: String] = [:]
            for pair in json["metadatavalues"] as? [[String: Any]] ?? [] {
                dimensions[(pair["name"] as? [String: Any])?["value"] as? String ?? ""] = pair["value"] as? String
            }
            return dimensions
        }

        var data: [[String: Any]] { json["data"] as? [[String: Any]] ?? [] }
        var times: [String] { data.compactMap { $0["timeStamp"] as? String } }
        func values(_ aggregation: String) -> [Double?] { data.map { $0[aggregation] as? Double } }
    }

    /// Sends a GET with the token.
    func get(_ path: String, _ query: [(String, String)] = []) -> Answer {
        get(path, rawQuery: query.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&"))
    }

    func get(_ path: String, rawQuery: String, headers: [(name: String, value: String)] = []) -> Answer {
        let authorization = [(name: "Authorization", value: "Bearer \(token)"), (name: "Host", value: "127.0.0.1:1")]
        return Answer(
            azure.answer(
                ServedRequest(method: "GET", path: path, query: rawQuery, headers: authorization + headers)))
    }

    /// Asks for metrics of the resource `id`, by default the last hour that ended an hour ago.
    func metrics(_ id: String, _ query: [(String, String)]) -> Answer {
        var query = query
        if !query.contains(where: { $0.0 == "timespan" }) {
            query.append(("timespan", "2031-02-04T10:00:00Z/2031-02-04T11:00:00Z"))
        }
        return get(
            id + "/providers/Microsoft.Insights/metrics",
            [("api-version", "2024-02-01")] + query.filter { !$0.1.isEmpty || $0.0 != "timespan" })
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
