import HTTPTransport
import MetricModel
import TestServers
import Testing

@testable import AzureSimulator

/// Over a socket, with the agent's own client.
@Suite(.timeLimit(.minutes(5))) struct ServerTests {
    let clock = SteppedClock(start: TestAzure.noon)
    let options = TestAzure.options()
    let client = CurlClient(userAgent: "simulator-tests")

    private func token(_ simulator: AzureSimulator) async throws -> String {
        let body = TokenTests.form(["scope": simulator.baseURL + "/.default"])
        let response = try await client.send(
            HTTPRequest(
                .post, "\(simulator.baseURL)/\(options.tenantID)/oauth2/v2.0/token",
                headers: [("Content-Type", "application/x-www-form-urlencoded")], body: body))
        #expect(response.status == 200)
        let json = jsonObject(Array(response.body.text.utf8))
        return try #require(json["access_token"] as? String)
    }

    @Test func fromTokenToMetrics() async throws {
        let simulator = try AzureSimulator(options: options, clock: clock)
        let url =
            simulator.baseURL + TestAzure.id("vm-web-1") + "/providers/Microsoft.Insights/metrics"
            + "?api-version=2024-02-01&metricnames=Percentage%20CPU,Network%20In%20Total&aggregation=average"
            + "&timespan=2031-02-04T10:00:00Z/2031-02-04T11:00:00Z"
        let refused = try await client.send(HTTPRequest(.get, url))
        #expect(refused.status == 401)

        let header = ("Authorization", "Bearer \(try await token(simulator))")
        let response = try await client.send(HTTPRequest(.get, url, headers: [header]))
        #expect(response.status == 200)
        #expect(response.headers["Date"] == "Tue, 04 Feb 2031 12:00:00 GMT")
        let json = jsonObject(Array(response.body.text.utf8))
        let metrics = (json["value"] as? [[String: Any]] ?? []).map(TestAzure.Metric.init)
        let load = try #require(metrics.first { $0.name == "Percentage CPU" }?.series.first)
        let truth = (0..<60).map { minute in
            simulator.truth(
                resource: TestAzure.id("vm-web-1"), metric: "Percentage CPU", aggregation: "average",
                grain: .oneMinute, bucketStart: TestAzure.noon - .seconds(7200 - minute * 60))
        }
        #expect(load.values("average") == truth)
        #expect(simulator.callCounts == ["metrics": 2, "token": 1])
        #expect(simulator.journal.map(\.status) == [401, 200, 200])
        #expect(simulator.seriesOf(resource: TestAzure.id("vm-web-1"), metric: "Percentage CPU", splitBy: []) == [[:]])

        clock.advance(by: .seconds(3599))
        #expect(try await client.send(HTTPRequest(.get, url, headers: [header])).status == 401)
        simulator.stop()
        await #expect(throws: HTTPError.self) { try await client.send(HTTPRequest(.get, url)) }
    }

    @Test func theClockIsMovedOverHTTP() async throws {
        let simulator = try AzureSimulator(options: options, clock: clock)
        let url = simulator.baseURL + "/simulator/clock?advance=60"
        #expect(try await client.send(HTTPRequest(.post, url)).status == 200)
        #expect(clock.systemNow == TestAzure.noon + .seconds(60))
        simulator.stop()
    }

    /// Names below `.localhost`, which the client resolves itself: every service and region at a host of its own.
    @Test func regionalHostNamesOverTLS() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        let simulator = try AzureSimulator(
            options: options, clock: clock, tls: certificates.server("good"))
        defer { simulator.stop() }
        #expect(simulator.baseURL == "https://127.0.0.1:\(simulator.port)")
        let tls = TLSSettings(caFile: certificates.path("ca.pem"))
        let manager = "https://westeurope.management.localhost:\(simulator.port)"
        let answer = try await client.send(
            HTTPRequest(
                .post, "https://login.localhost:\(simulator.port)/\(options.tenantID)/oauth2/v2.0/token",
                headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: TokenTests.form(["scope": manager + "/.default"]), tls: tls))
        let token = try #require(jsonObject(Array(answer.body.text.utf8))["access_token"] as? String)
        let path = TestAzure.id("kv-shop") + "/providers/microsoft.insights/metricNamespaces?api-version=2024-02-01"
        for (host, status) in [(manager, 200), ("https://westeurope.metrics.localhost:\(simulator.port)", 404)] {
            let request = HTTPRequest(.get, host + path, headers: [("Authorization", "Bearer \(token)")], tls: tls)
            #expect(try await client.send(request).status == status)
        }
        #expect(simulator.journal.map(\.region) == [nil, "westeurope", "westeurope"])
    }

    @Test func faultsOfTheLibraryAreSwitchedOnAndOff() async throws {
        let simulator = try AzureSimulator(options: options, clock: clock)
        defer { simulator.stop() }
        let url = simulator.baseURL + "/nowhere"
        simulator.add(Fault("a", effect: .refusal(status: 503)))
        simulator.add(Fault("b", effect: .refusal(status: 429)))
        #expect(try await client.send(HTTPRequest(.get, url)).status == 503)
        simulator.removeFaults(named: "a")
        #expect(try await client.send(HTTPRequest(.get, url)).status == 429)
        simulator.removeFaults()
        #expect(try await client.send(HTTPRequest(.get, url)).status == 404)
    }
}
