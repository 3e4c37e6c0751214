import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

@Suite(.timeLimit(.minutes(5))) struct BatchMetricsTests {
    static func query(
        ids: [ResourceID] = MetricsTableTests.ids, names: [String] = MetricsTableTests.names, filter: String? = nil
    ) -> BatchMetricsQuery {
        BatchMetricsQuery(
            subscriptionID: "sub-1", region: "West Europe", resourceType: "Contoso.Widgets/ovens", resourceIDs: ids,
            metricNames: names, aggregations: [.init(.average), .init(.total)], grain: .oneMinute,
            start: Timestamp(seconds: 1_927_857_840), end: Timestamp(seconds: 1_927_858_140), filter: filter)
    }

    static let answer = MetricsTableTests.batch([
        MetricsTableTests.entry(
            MetricsTableTests.ids[1].description, [MetricsTableTests.metric("Loaves", total: "3")])
    ])

    static func failure(_ harness: Harness, _ query: BatchMetricsQuery = query()) async -> AzureError? {
        do throws(AzureError) {
            _ = try await harness.client.table(query)
            return nil
        } catch {
            return error
        }
    }

    @Test("the question goes to the region's host, as a POST, with a token of its own audience")
    func question() async throws {
        let harness = Harness.metrics { _ in .json(Self.answer, headers: [AzureMonitorClientTests.date]) }
        let table = try await harness.client.table(Self.query(filter: "shelf eq '*'"))
        #expect(MetricsTableTests.all(table) == [["-", "-"], ["3.0", "-"], ["-", "-"]])
        #expect(table.answeredAt == Timestamp(seconds: AzureMonitorClientTests.dateSeconds))
        let request = try #require(harness.http.metricRequests.first)
        #expect(request.method == .post)
        #expect(
            request.url
                == "https://westeurope.metrics.monitor.azure.com/subscriptions/sub-1/metrics:getBatch"
                + "?api-version=2024-02-01&metricnamespace=Contoso.Widgets%2Fovens&starttime=2031-02-03T04%3A04%3A00Z"
                + "&endtime=2031-02-03T04%3A09%3A00Z&interval=PT1M&metricnames=Loaves%2CCrumbs%2Fsec"
                + "&aggregation=average%2Ctotal&filter=shelf%20eq%20%27%2A%27&top=10000&orderby=average%20desc")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"resourceids":["\#(MetricsTableTests.ids.map(\.description).joined(separator: #"",""#))"]}"#)
        #expect(request.header("Content-Type") == "application/json" && request.limits.bodyBytes == 16 << 20)
        let tokenBody = String(decoding: try #require(harness.http.tokenRequests.first).body, as: UTF8.self)
        #expect(tokenBody.contains("metrics.monitor.azure.com%2F.default"))
        let plain = Harness.metrics { _ in .json(Self.answer) }
        _ = try await plain.client.table(Self.query())
        #expect(plain.http.metricRequests[0].url.hasSuffix("&aggregation=average%2Ctotal"), "neither top nor orderby")
    }

    @Test("a cloud of one's own has its regions below its own name, and its audience as declared")
    func customCloud() async throws {
        let environment = try AzureEnvironment(
            authenticationEndpoint: "http://login.localhost:81", metricsQueryAudience: "http://arm.localhost:81",
            metricsClientAudience: "http://metrics.localhost:81")
        let harness = Harness.metrics(environment: environment) { _ in .json(Self.answer) }
        _ = try await harness.client.table(Self.query())
        #expect(harness.http.metricRequests[0].url.hasPrefix("http://westeurope.metrics.localhost:81/subscriptions/"))
        #expect(
            String(decoding: harness.http.tokenRequests[0].body, as: UTF8.self)
                .contains("http%3A%2F%2Fmetrics.localhost%3A81"))
    }

    static let unasked: [(BatchMetricsQuery, String)] = [
        (query(ids: []), "no resource"), (query(names: []), "no metric"),
        (query(ids: (0...50).map { ResourceID("/r/\($0)") }), "51 resources"),
        (query(ids: [ResourceID("/R/1"), ResourceID("/r/1")]), "twice"),
        (query(names: (0...20).map { "m\($0)" }), "21 metrics"),
    ]

    @Test("what must not be asked is not", arguments: unasked)
    func notAsked(query: BatchMetricsQuery, words: String) async throws {
        let harness = Harness.metrics { _ in .json(Self.answer) }
        let error = try #require(await Self.failure(harness, query))
        #expect(error.code == .badRequest && error.message.contains(words) && harness.http.requests.isEmpty)
    }

    static let refusals: [(status: Int, code: AzureError.Code, tries: Int, isRetryable: Bool)] = [
        (400, .badRequest, 1, false), (401, .unauthenticated, 2, false), (403, .forbidden, 1, false),
        (404, .notFound, 1, false), (429, .throttled, 5, true), (500, .unavailable, 5, true),
        (501, .badRequest, 1, false), (503, .unavailable, 5, true), (529, .throttled, 5, true),
    ]

    @Test("each refusal has its code, its number of tries, and says which interface refused", arguments: refusals)
    func refused(_ expected: (status: Int, code: AzureError.Code, tries: Int, isRetryable: Bool)) async throws {
        let harness = Harness.metrics { _ in
            .json(#"{"error":{"code":"Invented","message":"m"}}"#, status: expected.status)
        }
        let error = try #require(await Self.failure(harness))
        #expect(error.code == expected.code && error.isRetryable == expected.isRetryable)
        #expect(error.api == .batchMetrics && error.resource == nil && error.serviceCode == "Invented")
        #expect(harness.http.metricRequests.count == expected.tries)
        #expect(expected.status != 401 || error.remedy.contains("whole subscription"))
        #expect(expected.status != 401 || harness.http.tokenRequests.count == 2)
    }

    @Test("a token that cannot be had is not the batch interface's refusal")
    func noToken() async throws {
        let harness = Harness { _, _ in .json(#"{"error":"invalid_client","error_codes":[7000215]}"#, status: 401) }
        let error = try #require(await Self.failure(harness))
        #expect(error.code == .unauthenticated && error.api == .tokens)
    }

    static let wide = "QueryThrottledException: Cannot request more than 500000 time series per query"

    @Test(
        "too many series is that in whatever shape it comes, and not asked again",
        arguments: [
            (200, #"{"error":{"code":"X","message":"\#(wide)"}}"#), (200, wide),
            (400, #"{"code":"X","message":"\#(wide)"}"#), (429, #"{"error":{"message":"\#(wide)"}}"#), (529, wide),
            (500, #"{"error":{"code":"X","message":"\#(wide)"}}"#),
            (
                200,
                MetricsTableTests.batch([
                    MetricsTableTests.entry(
                        MetricsTableTests.ids[0].description,
                        [#"{"name":{"value":"Loaves"},"errorCode":"Throttled","errorMessage":"\#(wide)"}"#])
                ])
            ),
        ])
    func tooManySeries(status: Int, body: String) async throws {
        let harness = Harness.metrics { _ in .json(body, status: status) }
        let error = try #require(await Self.failure(harness))
        #expect(error.code == .tooManySeries && !error.isRetryable && error.message.contains("500000"))
        #expect(harness.http.metricRequests.count == 1)
    }

    @Test("an answer that is too large says so")
    func tooLarge() async throws {
        let harness = Harness.metrics { (_) throws(HTTPError) in
            throw HTTPError(.bodyTooLarge, endpoint: "https://x", reason: "as invented", status: 200)
        }
        let error = try #require(await Self.failure(harness))
        #expect(error.code == .bodyTooLarge && error.api == .batchMetrics)
    }

    @Test("one resource's answer comes as a table too")
    func single() async throws {
        let harness = Harness.metrics { _ in .json(Fixtures.answer) }
        let table = try await harness.client.table(Fixtures.query(names: ["Loaves", "Crumbs/sec"]))
        #expect(MetricsTableTests.all(table) == [["7.0 nil nil 1000.0|0.0|", "!InvalidSamplingType"]])
        #expect(harness.http.metricRequests[0].method == .get)
        let broken = Harness.metrics { _ in .json(#"{"value":["#) }
        do throws(AzureError) {
            _ = try await broken.client.table(Fixtures.query())
            Issue.record("half an answer is none")
        } catch {
            #expect(error.code == .malformedAnswer && error.api == .metrics)
        }
    }
}
