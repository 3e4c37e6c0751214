import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

@Suite(.timeLimit(.minutes(5))) struct AzureMonitorClientTests {
    static let date = ("Date", "Mon, 03 Feb 2031 04:10:00 GMT")
    static let dateSeconds: Int64 = 1_927_858_200

    @Test("a question goes out with its token, an id and what it accepts, and its answer comes back whole")
    func whole() async throws {
        let harness = Harness.metrics { _ in .json(Fixtures.answer, headers: [Self.date]) }
        let answer = try await harness.client.table(Fixtures.query())
        #expect(Fixtures.isWhole(answer) && answer.host == "management.azure.com")
        #expect(answer.answeredAt == Timestamp(seconds: Self.dateSeconds))
        #expect(harness.azureTime.nowByAnswers == Timestamp(seconds: Self.dateSeconds))
        let request = try #require(harness.http.metricRequests.first)
        #expect(request.method == .get && request.url == Fixtures.query().url(base: "https://management.azure.com"))
        #expect(request.header("Authorization") == "Bearer token-0")
        #expect(request.header("Accept") == "application/json")
        #expect(request.header("x-ms-client-request-id")?.count == 36)
        #expect(request.limits.total == .seconds(60))
    }

    @Test("an answer without a readable Date has none", arguments: [nil, "yesterday"] as [String?])
    func noDate(date: String?) async throws {
        let harness = Harness.metrics { _ in
            .json(Fixtures.answer, headers: date.map { [("Date", $0)] } ?? [])
        }
        #expect(try await harness.client.table(Fixtures.query()).answeredAt == nil)
        #expect(!harness.azureTime.isLearned)
    }

    @Test("what must not be asked is not", arguments: [0, 21])
    func notAsked(names: Int) async throws {
        let harness = Harness.metrics { _ in .json(Fixtures.answer) }
        let error = await harness.failure(Fixtures.query(names: Array(repeating: "m", count: names)))
        #expect(error?.code == .badRequest && harness.http.requests.isEmpty)
    }

    @Test("throttled, unavailable and broken calls are tried again, each under its own id")
    func retries() async throws {
        let clock = ImpatientClock()
        let harness = Harness.metrics(clock: clock) { (index) throws(HTTPError) in
            switch index {
            case 0: return .json("{}", status: 429, headers: [("Retry-After", "20")])
            case 1: return .json("{}", status: 529, headers: [("Retry-After", "20"), ("retry-after-ms", "1500")])
            case 2: throw HTTPError(.interrupted, endpoint: "https://management.azure.com", reason: "reset")
            case 3: return .json("", status: 503)
            default: return .json(Fixtures.answer)
            }
        }
        #expect(Fixtures.isWhole(try await harness.client.table(Fixtures.query())))
        #expect(clock.waits == [.seconds(21), .milliseconds(2500), .seconds(4), .seconds(8)])
        #expect(Set(harness.http.metricRequests.map { $0.header("x-ms-client-request-id") }).count == 5)
    }

    @Test("after the last try the error says how often, and how long Azure wants its rest")
    func exhausted() async throws {
        let harness = Harness.metrics(retry: RetryPolicy(maximumAttempts: 3)) { _ in
            .json(
                #"{"error":{"code":"ResourceRequestsThrottled","message":"slow down"}}"#, status: 429,
                headers: [("Retry-After", "5")])
        }
        let error = try #require(await harness.failure())
        #expect(harness.http.metricRequests.count == 3)
        #expect(error.code == .throttled && error.retryAfter == .seconds(5) && error.isRetryable)
        #expect(error.serviceCode == "ResourceRequestsThrottled")
        #expect(error.description.contains("slow down") && error.description.contains("try 3"))
    }

    @Test("a Retry-After beyond the deadline ends the call at once")
    func longRetryAfter() async throws {
        let clock = ImpatientClock()
        let harness = Harness.metrics(clock: clock) { _ in
            .json("{}", status: 429, headers: [("Retry-After", "300")])
        }
        #expect(await harness.failure()?.retryAfter == .seconds(300))
        #expect(clock.waits.isEmpty && harness.http.metricRequests.count == 1)
    }

    @Test("no try begins after the deadline")
    func deadline() async throws {
        let clock = ImpatientClock()
        let harness = Harness.metrics(clock: clock) { _ in
            clock.advance(by: .seconds(50))
            return .json("{}", status: 503)
        }
        #expect(await harness.failure()?.code == .unavailable)
        #expect(harness.http.metricRequests.count == 3, "at 0, 51 and 103 s; the next would be after 120 s")
    }

    static let refusals: [(Int, AzureError.Code)] = [
        (204, .unexpectedAnswer), (302, .unexpectedAnswer), (400, .badRequest), (403, .forbidden), (404, .notFound),
        (407, .unexpectedAnswer), (409, .badRequest), (414, .badRequest), (501, .badRequest),
    ]

    @Test("what will not change is asked once; both shapes of an error are read", arguments: refusals)
    func refused(status: Int, code: AzureError.Code) async throws {
        for body in [
            #"{"code":"Invented","message":"Some \"text\"\nhere"}"#,
            #"{"extra":[1],"error":{"message":"Some \"text\"\nhere","innererror":{},"code":"Invented"}}"#,
        ] {
            let harness = Harness.metrics { _ in
                .json(
                    body, status: status,
                    headers: [("x-ms-request-id", "req-1"), ("x-ms-correlation-request-id", "cor-1")])
            }
            let error = try #require(await harness.failure())
            #expect(harness.http.metricRequests.count == 1)
            #expect(error.code == code && error.status == status && error.serviceCode == "Invented")
            #expect(error.resource == Fixtures.resource && error.host == "management.azure.com")
            let sent = harness.http.metricRequests[0].header("x-ms-client-request-id")
            #expect(error.requestIDs == .init(client: sent, service: "req-1", correlation: "cor-1"))
            for words in [#"Some "text" here"#, "ovens/o1", "HTTP \(status)", "req-1", "Nothing is lost", error.remedy]
            {
                #expect(error.description.contains(words))
            }
            #expect(!error.description.contains("\n") && !error.remedy.isEmpty)
        }
    }

    @Test("a refused token is replaced once and the question asked once more")
    func refreshed() async throws {
        let harness = Harness.metrics { index in
            index == 0
                ? .json(#"{"error":{"code":"ExpiredAuthenticationToken","message":"x"}}"#, status: 401)
                : .json(Fixtures.answer)
        }
        #expect(Fixtures.isWhole(try await harness.client.table(Fixtures.query())))
        #expect(harness.http.metricRequests.map { $0.header("Authorization") } == ["Bearer token-0", "Bearer token-1"])
        #expect(harness.http.tokenRequests.count == 2)
    }

    @Test("if the new token is refused too, that is the answer, and no storm of tokens follows")
    func refusedTwice() async throws {
        let clock = ImpatientClock()
        let harness = Harness.metrics(clock: clock) { _ in
            .json(#"{"error":{"code":"InvalidAuthenticationToken","message":"x"}}"#, status: 401)
        }
        let error = try #require(await harness.failure())
        #expect(error.code == .unauthenticated && error.serviceCode == "InvalidAuthenticationToken")
        #expect(harness.http.metricRequests.count == 2 && harness.http.tokenRequests.count == 2)
        _ = await harness.failure()
        #expect(harness.http.metricRequests.count == 3 && harness.http.tokenRequests.count == 2)
        clock.advance(by: TokenCache.forcedSpacing)
        _ = await harness.failure()
        #expect(harness.http.metricRequests.count == 5 && harness.http.tokenRequests.count == 3)
    }

    @Test("ten calls whose token is refused at once replace it once")
    func refreshedTogether() async throws {
        let harness = Harness { request, index in
            if request.isForToken { return .token("token-\(index)") }
            return request.header("Authorization") == "Bearer token-0"
                ? .json("{}", status: 401) : .json(Fixtures.answer)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { _ = try await harness.client.table(Fixtures.query()) } }
            try await group.waitForAll()
        }
        #expect(harness.http.tokenRequests.count == 2)
    }

    @Test("past half its life the token is renewed beside the call, which uses the old one")
    func renewal() async throws {
        let clock = ImpatientClock()
        let harness = Harness.metrics(clock: clock) { _ in .json(Fixtures.answer) }
        for _ in 0..<3 {
            _ = try await harness.client.table(Fixtures.query())
            clock.advance(by: .seconds(1000))
        }
        #expect(harness.http.tokenRequests.count == 2)
        _ = try await harness.client.table(Fixtures.query())
        #expect(
            harness.http.metricRequests.map { $0.header("Authorization") }.last == "Bearer token-1")
        #expect(harness.http.metricRequests[1].header("Authorization") == "Bearer token-0")
    }

    @Test("without a token nothing is asked")
    func noToken() async throws {
        let harness = Harness { request, _ in
            .json(#"{"error":"invalid_client","error_codes":[7000215]}"#, status: 401)
        }
        #expect(await harness.failure()?.serviceCode == "AADSTS7000215")
        #expect(harness.http.metricRequests.isEmpty && harness.http.tokenRequests.count == 1)
    }

    static let pages: [(Int, String, AzureError.Code)] = [
        (200, "<!DOCTYPE html><html><head><title id=\"t\">Corporate proxy: sign in</title>", .unexpectedAnswer),
        (200, "\r\n <HTML><HEAD><TITLE>Corporate proxy: sign in</TITLE>", .unexpectedAnswer),
        (401, "<html><title>Corporate proxy: sign in</title>", .unexpectedAnswer),
        (403, "<html><title>Corporate proxy: sign in</title>", .unexpectedAnswer),
        (502, "<html><title>Corporate proxy: sign in</title>", .unavailable),
    ]

    @Test("a proxy's page is called that, with its title", arguments: pages)
    func page(status: Int, body: String, code: AzureError.Code) async throws {
        let harness = Harness.metrics { _ in
            HTTPResponse(
                status: status, headers: HTTPHeaders([("Content-Type", "text/html"), Self.date]),
                body: HTTPBody(body.utf8))
        }
        let error = try #require(await harness.failure())
        #expect(!harness.azureTime.isLearned, "nor is its clock Azure's")
        #expect(error.code == code && error.message.contains("'Corporate proxy: sign in'"))
        #expect(harness.http.tokenRequests.count == 1, "a proxy's 401 says nothing about the token")
    }

    @Test("a page without a title is still a page", arguments: ["<", "<html>", "<title", "<title>", "<title></title>"])
    func untitled(body: String) async throws {
        let harness = Harness.metrics { _ in HTTPResponse(status: 200, body: HTTPBody(body.utf8)) }
        #expect(await harness.failure()?.code == .unexpectedAnswer)
    }

    @Test(
        "a 200 that cannot be read is malformed and not asked again", arguments: ["", "{}", "{\"value\":[", "OK", "[]"])
    func malformed(body: String) async throws {
        let harness = Harness.metrics { _ in .json(body) }
        let error = try #require(await harness.failure())
        #expect(error.code == .malformedAnswer && error.message.contains("\(body.utf8.count) bytes"))
        #expect(harness.http.metricRequests.count == 1)
    }

    @Test("buckets of another width than asked are no answer, however the width is written")
    func otherGrain() async throws {
        let harness = Harness.metrics { _ in .json(#"{"interval":"PT5M","value":[]}"#) }
        guard case .failed(let error) = try await harness.client.table(Fixtures.query()).cell(resource: 0, metric: 0)
        else {
            Issue.record("five minutes were taken for one")
            return
        }
        #expect(error.code == MetricError.otherGrain)
        let same = Harness.metrics { _ in .json(#"{"interval":"PT60S","value":[]}"#) }
        guard case .missing = try await same.client.table(Fixtures.query()).cell(resource: 0, metric: 0) else {
            Issue.record("sixty seconds are one minute, and nothing was said about the metric")
            return
        }
    }

    static let transportFailures: [(HTTPError.Code, AzureError.Code, Int)] = [
        (.cancelled, .cancelled, 1), (.unresolved, .unreachable, 5), (.unreachable, .unreachable, 5), (.tls, .tls, 1),
        (.timedOut, .timedOut, 5), (.interrupted, .unreachable, 5), (.damagedBody, .malformedAnswer, 5),
        (.bodyTooLarge, .bodyTooLarge, 1), (.badRequest, .badRequest, 1),
    ]

    @Test("each failure on the way has its code and its number of tries", arguments: transportFailures)
    func transport(thrown: HTTPError.Code, code: AzureError.Code, tries: Int) async throws {
        let harness = Harness.metrics { (_) throws(HTTPError) in
            throw HTTPError(thrown, endpoint: "https://management.azure.com", reason: "as invented")
        }
        let error = try #require(await harness.failure())
        #expect(error.code == code && error.message.contains("as invented"))
        #expect(harness.http.metricRequests.count == tries)
    }

    static let bodiless: [(status: Int, code: AzureError.Code, tries: Int)] = [
        (429, .throttled, 5), (503, .unavailable, 5), (529, .throttled, 5), (400, .badRequest, 1),
        (403, .forbidden, 1), (404, .notFound, 1), (302, .unexpectedAnswer, 1),
    ]

    @Test(
        "a refusal whose body cannot be read is what its status says", arguments: bodiless,
        [HTTPError.Code.damagedBody, .bodyTooLarge, .interrupted, .timedOut])
    func refusalWithoutBody(
        expected: (status: Int, code: AzureError.Code, tries: Int), thrown: HTTPError.Code
    ) async throws {
        let clock = ImpatientClock()
        let headers = HTTPHeaders([
            ("Retry-After", "2"), ("x-ms-request-id", "id-1"), ("Date", "Mon, 03 Feb 2031 04:10:00 GMT"),
        ])
        let harness = Harness.metrics(clock: clock) { (_) throws(HTTPError) in
            throw HTTPError(
                thrown, endpoint: "https://management.azure.com", reason: "as invented", status: expected.status,
                headers: headers)
        }
        let error = try #require(await harness.failure())
        #expect(error.code == expected.code && error.status == expected.status)
        #expect(error.message.contains("Azure answered \(expected.status)") && error.message.contains("as invented"))
        #expect(error.requestIDs.service == "id-1" && error.retryAfter == .seconds(2))
        #expect(clock.waits == Array(repeating: .seconds(3), count: expected.tries - 1))
        // Who wrote the answer nobody knows, so its clock may be anybody's.
        #expect(!harness.azureTime.isLearned)
    }

    @Test("a token refused without a readable body is replaced")
    func unauthorizedWithoutBody() async throws {
        let harness = Harness.metrics { (index) throws(HTTPError) in
            guard index == 0 else { return .json(Fixtures.answer) }
            throw HTTPError(.damagedBody, endpoint: "https://management.azure.com", reason: "brotli", status: 401)
        }
        #expect(Fixtures.isWhole(try await harness.client.table(Fixtures.query())))
        #expect(harness.http.tokenRequests.count == 2)
    }

    @Test("a success whose body cannot be read is a malformed answer, and asked again")
    func successWithoutBody() async throws {
        let harness = Harness.metrics { (_) throws(HTTPError) in
            throw HTTPError(.damagedBody, endpoint: "https://management.azure.com", reason: "brotli", status: 200)
        }
        let error = try #require(await harness.failure())
        #expect(error.code == .malformedAnswer && error.status == 200)
        #expect(harness.http.metricRequests.count == 5)
    }

    @Test("a call that is cancelled while it waits ends as cancelled")
    func cancelled() async throws {
        let clock = SteppedClock(start: Timestamp(seconds: 0))
        let harness = Harness.metrics(clock: clock) { _ in .json("{}", status: 503) }
        let call = Task { await harness.failure()?.code }
        while !Task.isCancelled, clock.sleeperCount == 0 { await Task.yield() }
        call.cancel()
        #expect(await call.value == .cancelled)
    }
}
