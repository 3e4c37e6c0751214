import HTTPServer
import HTTPTransport
import MetricModel
import TestServers
import Testing

@testable import AzureMonitor

/// The whole way over real sockets.
@Suite(.timeLimit(.minutes(5))) struct WireTests {
    /// Asks a server that answers by `answer` as Azure's two hosts would, and hands out what it was asked.
    private func ask(
        retry: RetryPolicy = RetryPolicy(), answer: @escaping @Sendable (ServedRequest, _ index: Int) -> ServedResponse
    ) async throws -> (result: Result<MetricsTable, AzureError>, served: [ServedRequest], azureTime: AzureTime) {
        let log = Lock<[ServedRequest]>([])
        let listener = try HTTPListener(sendsDate: false) { request in
            let index = log.withLock { log in
                defer { log.append(request) }
                return log.count { $0.method == request.method }
            }
            return answer(request, index)
        }
        defer { listener.stop() }
        let http = CurlClient(userAgent: "azimuth-tests")
        defer { http.shutdown() }
        let environment = try AzureEnvironment(
            authenticationEndpoint: "http://login.localhost:\(listener.port)/",
            metricsQueryAudience: "http://arm.localhost:\(listener.port)/")
        let clock = ImpatientClock()
        let azureTime = AzureTime(clock: clock)
        let tokens = TokenCache(
            credential: Fixtures.secret, environment: environment, client: http, clock: clock, azureTime: azureTime,
            retry: retry)
        let client = AzureMonitorClient(
            environment: environment, tokens: tokens, client: http, clock: clock, azureTime: azureTime, retry: retry)
        do throws(AzureError) {
            let answer = try await client.table(
                Fixtures.query(names: ["Loaves", "Crumbs/sec"], filter: "shelf eq '*'"))
            return (.success(answer), log.withLock { $0 }, azureTime)
        } catch {
            return (.failure(error), log.withLock { $0 }, azureTime)
        }
    }

    @Test("token, refusal, new token, a busy server, and the answer")
    func whole() async throws {
        let date = (name: "Date", value: "Mon, 03 Feb 2031 04:10:00 GMT")
        let (result, served, azureTime) = try await ask { request, index in
            if request.method == "POST" {
                return .json(#"{"access_token":"token-\#(index)","expires_in":3599}"#, headers: [date])
            }
            switch index {
            case 0: return .json("{}", status: 401, headers: [date])
            case 1: return .json("", status: 529, headers: [date])
            default: return .json(Fixtures.answer, headers: [date])
            }
        }
        let answer = try result.get()
        #expect(Fixtures.isWhole(answer))
        guard case .failed(let error) = answer.cell(resource: 0, metric: 1) else {
            Issue.record("Crumbs/sec was refused")
            return
        }
        #expect(error.code == "InvalidSamplingType")
        #expect(answer.answeredAt == Timestamp(seconds: 1_927_858_200) && azureTime.isLearned)
        #expect(answer.host.hasPrefix("arm.localhost:"))
        #expect(served.map(\.method) == ["POST", "GET", "POST", "GET", "GET"])
        #expect(served[0].path == "/tenant-1/oauth2/v2.0/token")
        #expect(String(decoding: served[0].body, as: UTF8.self).contains("client_secret=s3cr3t%2B%2F%26%3D~&"))
        #expect(served.last?.header("Authorization") == "Bearer token-1")
        #expect(served.last?.path == Fixtures.resource.description + "/providers/Microsoft.Insights/metrics")
        #expect(served.last?.query.contains("metricnames=Loaves%2CCrumbs%2Fsec&") == true)
        #expect(served.last?.query.hasSuffix("$filter=shelf%20eq%20%27%2A%27&top=10000&orderby=average%20desc") == true)
    }

    @Test("nobody listens: unreachable, with the host, and the secret nowhere")
    func unreachable() async throws {
        let closed = try ClosedPort()
        defer { withExtendedLifetime(closed) {} }
        let port = closed.port
        let http = CurlClient(userAgent: "azimuth-tests")
        defer { http.shutdown() }
        let environment = try AzureEnvironment(
            authenticationEndpoint: "http://127.0.0.1:\(port)", metricsQueryAudience: "http://127.0.0.1:\(port)")
        let clock = ImpatientClock()
        let tokens = TokenCache(
            credential: Fixtures.secret, environment: environment, client: http, clock: clock,
            azureTime: AzureTime(clock: clock))
        do throws(AzureError) {
            _ = try await tokens.token(for: environment.audience)
            Issue.record("there is nobody to give out a token")
        } catch {
            #expect(error.code == .unreachable && error.host == "127.0.0.1:\(port)")
            #expect(!error.description.contains("s3cr3t"))
        }
        #expect(clock.waits.count == 4)
    }

    @Test("a page from a proxy is called that")
    func page() async throws {
        let (result, _, _) = try await ask { request, _ in
            if request.method == "POST" { return .json(#"{"access_token":"t","expires_in":"3599"}"#) }
            return ServedResponse(status: 200, body: Array("<html><title>Sign in</title></html>".utf8))
        }
        guard case .failure(let error) = result else {
            Issue.record("a page is no answer")
            return
        }
        #expect(error.code == .unexpectedAnswer && error.message.contains("Sign in"))
    }
}
