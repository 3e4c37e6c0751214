import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

/// Asking Azure for its lists: addresses, pages, patience and errors.
@Suite(.timeLimit(.minutes(5))) struct DefinitionsCallTests {
    static let base = "https://management.azure.com" + Fixtures.resource.description + "/providers/Microsoft.Insights/"

    private func failure(
        _ harness: Harness, namespace: String? = nil, patience: Patience? = nil
    ) async -> AzureError? {
        do throws(AzureError) {
            _ = try await harness.client.metricDefinitions(
                of: Fixtures.resource, namespace: namespace, patience: patience)
            return nil
        } catch {
            return error
        }
    }

    @Test("the addresses, with the token; a namespace is encoded")
    func addresses() async throws {
        let harness = Harness.metrics { _ in .json(#"{"value":[{"name":{"value":"m"}}]}"#) }
        _ = try await harness.client.metricDefinitions(of: Fixtures.resource)
        let named = try await harness.client.metricDefinitions(of: Fixtures.resource, namespace: "App/Custom +x")
        _ = try await harness.client.metricNamespaces(of: Fixtures.resource)
        #expect(named.metrics.map(\.name) == ["m"])
        #expect(
            harness.http.metricRequests.map(\.url) == [
                Self.base + "metricDefinitions?api-version=2024-02-01",
                Self.base + "metricDefinitions?api-version=2024-02-01&metricnamespace=App%2FCustom%20%2Bx",
                Self.base + "metricNamespaces?api-version=2024-02-01",
            ])
        #expect(harness.http.metricRequests.allSatisfy { $0.header("Authorization") == "Bearer token-0" })
    }

    @Test("pages are followed to the end")
    func pages() async throws {
        let harness = Harness.metrics { index in
            let next = index < 2 ? #","nextLink":"https://MANAGEMENT.azure.com/page/\#(index)?skip=1""# : ""
            return .json(#"{"value":[{"name":{"value":"m\#(index)"}}]\#(next)}"#)
        }
        let definitions = try await harness.client.metricDefinitions(of: Fixtures.resource)
        #expect(definitions.metrics.map(\.name) == ["m0", "m1", "m2"])
        #expect(harness.http.metricRequests.last?.url == "https://MANAGEMENT.azure.com/page/1?skip=1")
    }

    @Test(
        "the token goes to nobody else",
        arguments: [
            "https://evil.example/x", "http://management.azure.com/x", "https://management.azure.com.evil.example/x",
            "/relative", "https://management.azure.com@evil.example/x",
        ])
    func foreignPage(link: String) async {
        let harness = Harness.metrics { _ in .json(#"{"value":[],"nextLink":"\#(link)"}"#) }
        #expect(await failure(harness)?.code == .unexpectedAnswer)
        #expect(harness.http.metricRequests.count == 1)
    }

    @Test("a list without end is given up")
    func endless() async {
        let harness = Harness.metrics { _ in
            .json(#"{"value":[],"nextLink":"https://management.azure.com/again"}"#)
        }
        #expect(await failure(harness)?.message.contains("50 pages") == true)
        #expect(harness.http.metricRequests.count == 50)
    }

    @Test("a throttled question waits as Azure asks, and says so when that is too long")
    func throttled() async throws {
        let clock = ImpatientClock()
        let busy = Harness.metrics(clock: clock) { index in
            index == 0 ? .json("{}", status: 429, headers: [("Retry-After", "20")]) : .json(#"{"value":[]}"#)
        }
        #expect(await failure(busy) == nil)
        #expect(clock.waits == [.seconds(21)])
        let body =
            #"{"error":{"code":"ResourceRequestsThrottled","message":"microsoft.insights/metricDefinitions/read, 309 s"}}"#
        let shut = Harness.metrics { _ in .json(body, status: 429, headers: [("Retry-After", "309")]) }
        let error = try #require(await failure(shut))
        #expect(error.code == .throttled && error.retryAfter == .seconds(309))
        #expect(error.resource == Fixtures.resource && error.circumstances.contains("metricDefinitions/read"))
    }

    @Test("who is waited for tries twice, ten seconds each")
    func brief() async {
        let harness = Harness.metrics { _ in .json("", status: 503) }
        #expect(await failure(harness, patience: .brief)?.code == .unavailable)
        #expect(harness.http.metricRequests.map(\.limits.total) == [.seconds(10), .seconds(10)])
    }

    static let refusals: [(HTTPResponse, AzureError.Code, String)] = [
        (.json(#"{"value":[{"name":{"value":"#), .malformedAnswer, "no list of metric definitions"),
        (.json(#"{"code":"BadRequest","message":"bad namespace"}"#, status: 400), .badRequest, "bad namespace"),
        (.json(#"{"error":{"code":"AuthorizationFailed","message":"no"}}"#, status: 403), .forbidden, "no"),
        (.json(#"{"error":{"code":"ResourceNotFound","message":"gone"}}"#, status: 404), .notFound, "gone"),
    ]

    @Test("every failure names the resource and what to do", arguments: refusals)
    func refusal(response: HTTPResponse, code: AzureError.Code, words: String) async throws {
        let error = try #require(await failure(Harness.metrics { _ in response }, namespace: "App"))
        #expect(error.code == code && error.message.contains(words) && error.resource == Fixtures.resource)
        #expect(!error.remedy.isEmpty && !error.circumstances.contains("Nothing is lost"))
        if code == .badRequest { #expect(error.remedy.contains("namespace")) }
    }
}
