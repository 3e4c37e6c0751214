import HTTPTransport
import MetricModel

@testable import AzureMonitor

enum Fixtures {
    static let resource = ResourceID(
        "/subscriptions/sub-1/resourceGroups/rg-a/providers/Contoso.Widgets/ovens/o1")
    static let secret = ServicePrincipalSecret(tenantID: "tenant-1", clientID: "client-1", secret: "s3cr3t+/&=~")
    static let audience = AzureEnvironment.publicCloud.audience

    static func query(
        names: [String] = ["Loaves"], aggregations: AggregationSet = [.init(.total), .init(.average)],
        filter: String? = nil, top: Int = 10_000
    ) -> MetricsQuery {
        MetricsQuery(
            resourceID: resource, metricNames: names, aggregations: aggregations, grain: .oneMinute,
            start: Timestamp(seconds: 1_927_857_840), end: Timestamp(seconds: 1_927_858_140), filter: filter, top: top)
    }

    /// A whole answer: two metrics, one with two series, one that failed.
    static let answer = #"""
        {"cost":11,"timespan":"2031-02-03T04:04:00Z/2031-02-03T04:09:00Z","interval":"PT1M",
         "namespace":"Contoso.Widgets/ovens","resourceregion":"West Europe","extra":[{"deep":[1,{"x":null}]},"]}"],
         "value":[
          {"id":"/subscriptions/sub-1/x","type":"Microsoft.Insights/metrics","name":{"value":"Loaves","localizedValue":"L"},
           "displayDescription":"invented","unit":"Count","errorCode":"Success","timeseries":[
            {"metadatavalues":[{"name":{"value":"shelf","localizedValue":"shelf"},"value":"T\u00f6p \"1\""},
                               {"name":{"value":"door"},"value":""}],
             "data":[{"timeStamp":"2031-02-03T04:04:00Z","total":7,"average":1.75},
                     {"timeStamp":"2031-02-03T04:05:00Z"},
                     {"timeStamp":"2031-02-03T04:06:00Z","total":null,"average":null},
                     {"average":-0.0,"total":1E+3,"maximum":9,"timeStamp":"2031-02-03T04:07:00Z"}]},
            {"data":[{"timeStamp":"2031-02-03T04:04:00.000Z","total":0}],"metadatavalues":[]},
            {"metadatavalues":[]}]},
          {"timeseries":[],"errorMessage":"Count is not stored","errorCode":"InvalidSamplingType","unit":"Percent",
           "name":{"localizedValue":"C","value":"Crumbs/sec"}}]}
        """#

    static func decode(
        _ json: String, aggregations: AggregationSet = [.init(.total), .init(.average)]
    ) throws -> MetricsTable {
        try decode(Array(json.utf8), aggregations: aggregations)
    }

    /// Reads an answer about both metrics of one resource.
    static func decode(
        _ json: [UInt8], aggregations: AggregationSet = [.init(.total), .init(.average)]
    ) throws -> MetricsTable {
        try MetricsTable(
            json: HTTPBody(json),
            question: TableQuestion(
                resources: [resource], metricNames: ["Loaves", "Crumbs/sec"], aggregations: aggregations,
                grain: .oneMinute, isBatch: false), host: "arm", answeredAt: nil)
    }

    /// Whether ``answer`` was read as the answer to ``query(names:aggregations:filter:top:)``.
    static func isWhole(_ table: MetricsTable) -> Bool {
        guard case .series(let series) = table.cell(resource: 0, metric: 0) else { return false }
        return series.count == 3 && table.buckets(ofSeries: series.lowerBound, .total).value(at: 3) == 1000
    }
}

/// A client on scripted answers.
struct Harness {
    let http: ScriptedHTTPClient
    let clock: any AgentClock
    let azureTime: AzureTime
    let tokens: TokenCache
    let client: AzureMonitorClient

    /// Waits are as long as they may be (`random` is 1).
    init(
        environment: AzureEnvironment = .publicCloud, clock: any AgentClock = ImpatientClock(),
        retry: RetryPolicy = RetryPolicy(), script: @escaping ScriptedHTTPClient.Script
    ) {
        http = ScriptedHTTPClient(script)
        self.clock = clock
        azureTime = AzureTime(clock: clock)
        tokens = TokenCache(
            credential: Fixtures.secret, environment: environment, client: http, clock: clock, azureTime: azureTime,
            retry: retry, random: { 1 })
        client = AzureMonitorClient(
            environment: environment, tokens: tokens, client: http, clock: clock, azureTime: azureTime, retry: retry,
            random: { 1 })
    }

    /// A client whose tokens are good and whose metric calls are answered by `answer`.
    static func metrics(
        environment: AzureEnvironment = .publicCloud, clock: any AgentClock = ImpatientClock(),
        retry: RetryPolicy = RetryPolicy(),
        answer: @escaping @Sendable (_ index: Int) throws(HTTPError) -> HTTPResponse
    ) -> Harness {
        Harness(environment: environment, clock: clock, retry: retry) { (request, index) async throws(HTTPError) in
            request.isForToken ? .token("token-\(index)") : try answer(index)
        }
    }

    /// What asking ended in.
    func failure(_ query: MetricsQuery = Fixtures.query()) async -> AzureError? {
        do throws(AzureError) {
            _ = try await client.table(query)
            return nil
        } catch {
            return error
        }
    }
}
