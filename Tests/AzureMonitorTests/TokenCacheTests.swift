import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

@Suite(.timeLimit(.minutes(5))) struct TokenCacheTests {
    static let audience = Fixtures.audience

    /// A cache whose token requests are answered by `answer`.
    private func harness(
        clock: any AgentClock = ImpatientClock(), retry: RetryPolicy = RetryPolicy(maximumAttempts: 1),
        answer: @escaping @Sendable (_ index: Int) async throws(HTTPError) -> HTTPResponse
    ) -> Harness {
        Harness(clock: clock, retry: retry) { (_, index) async throws(HTTPError) in try await answer(index) }
    }

    private func failure(_ tokens: TokenCache) async -> AzureError? {
        do throws(AzureError) {
            _ = try await tokens.token(for: Self.audience)
            return nil
        } catch {
            return error
        }
    }

    @Test("the request is Entra's form with everything encoded")
    func request() async throws {
        let harness = harness { _ in .token() }
        _ = try await harness.tokens.token(for: Self.audience)
        let request = try #require(harness.http.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token")
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
        #expect(
            String(decoding: request.body, as: UTF8.self) == "grant_type=client_credentials&client_id=client-1"
                + "&client_secret=s3cr3t%2B%2F%26%3D~&scope=https%3A%2F%2Fmanagement.azure.com%2F.default")
    }

    @Test("a hundred at once make one request and get the same token")
    func singleFlight() async throws {
        let cache = Lock<TokenCache?>(nil)
        let harness = harness { _ in
            // Answered only when everybody else is in the queue.
            while let tokens = cache.withLock({ $0 }), await tokens.waitingCount(for: Self.audience) < 99,
                !Task.isCancelled
            {
                await Task.yield()
            }
            return .token()
        }
        cache.withLock { $0 = harness.tokens }
        let tokens = harness.tokens
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await tokens.token(for: Self.audience).authorization } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts == Array(repeating: "Bearer token-0", count: 100))
        #expect(harness.http.requests.count == 1)
    }

    @Test("a hundred at once share one refusal")
    func sharedRefusal() async {
        let cache = Lock<TokenCache?>(nil)
        let harness = harness { _ in
            while let tokens = cache.withLock({ $0 }), await tokens.waitingCount(for: Self.audience) < 99,
                !Task.isCancelled
            {
                await Task.yield()
            }
            return .json(#"{"error":"invalid_client","error_codes":[7000215]}"#, status: 401)
        }
        cache.withLock { $0 = harness.tokens }
        let tokens = harness.tokens
        let codes = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<100 { group.addTask { await self.failure(tokens)?.serviceCode } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == Array(repeating: "AADSTS7000215", count: 100))
        #expect(harness.http.requests.count == 1)
    }

    @Test("audiences have tokens of their own")
    func audiences() async throws {
        let harness = harness { index in .token("token-\(index)") }
        let first = try await harness.tokens.token(for: "https://a.example")
        let second = try await harness.tokens.token(for: "https://b.example")
        #expect(first.authorization == "Bearer token-0" && second.authorization == "Bearer token-1")
    }

    @Test("whoever waits can be cancelled, and if the one who asks is cancelled the next one asks")
    func cancellation() async throws {
        let (asked, announce) = AsyncStream.makeStream(of: Int.self)
        let harness = harness { (index) async throws(HTTPError) in
            announce.yield(index)
            guard index == 0 else { return .token() }
            while !Task.isCancelled { await Task.yield() }
            throw HTTPError(.cancelled, endpoint: "https://login", reason: "cancelled")
        }
        let tokens = harness.tokens
        let leader = Task { await failure(tokens)?.code }
        for await _ in asked { break }
        let impatient = Task { await failure(tokens)?.code }
        async let patient = tokens.token(for: Self.audience).authorization
        while await tokens.waitingCount(for: Self.audience) < 2 {
            try Task.checkCancellation()
            await Task.yield()
        }
        impatient.cancel()
        #expect(await impatient.value == .cancelled)
        leader.cancel()
        #expect(await leader.value == .cancelled)
        #expect(try await patient == "Bearer token-0")
        #expect(harness.http.requests.count == 2)
    }

    @Test("from half of its life a token is renewed; until it really ends the old one is used")
    func halfLife() async throws {
        let clock = SteppedClock(start: Timestamp(seconds: 1_927_857_900))
        let harness = harness(clock: clock) { index in .token("token-\(index)", expiresIn: 3600) }
        func current() async throws -> String { try await harness.tokens.token(for: Self.audience).authorization }
        #expect(try await current() == "Bearer token-0")
        clock.advance(by: .seconds(1799))
        await harness.tokens.renewIfDue(for: Self.audience)
        #expect(try await current() == "Bearer token-0")
        clock.advance(by: .seconds(1))
        #expect(try await current() == "Bearer token-0")
        await harness.tokens.renewIfDue(for: Self.audience)
        #expect(try await current() == "Bearer token-1")
        clock.jumpSystemClock(by: .seconds(1_000_000))
        await harness.tokens.renewIfDue(for: Self.audience)
        #expect(harness.http.requests.count == 2, "a jump of the system clock renews nothing")
        clock.advance(by: .seconds(3600))
        #expect(try await current() == "Bearer token-2")
    }

    @Test("failed renewals are half a minute apart and harm nobody until the token ends")
    func failedRenewal() async throws {
        let clock = SteppedClock(start: Timestamp(seconds: 1_927_857_900))
        let harness = harness(clock: clock) { (index) throws(HTTPError) in
            if index == 0 { return .token(expiresIn: 200) }
            throw HTTPError(.unreachable, endpoint: "https://login", reason: "refused")
        }
        _ = try await harness.tokens.token(for: Self.audience)
        clock.advance(by: .seconds(100))
        for seconds in [0, 29, 1, 29, 1] as [Int64] {
            clock.advance(by: .seconds(seconds))
            await harness.tokens.renewIfDue(for: Self.audience)
            #expect(try await harness.tokens.token(for: Self.audience).authorization == "Bearer token-0")
        }
        #expect(harness.http.requests.count == 4)
        #expect(await harness.tokens.lastFailure(for: Self.audience)?.code == .unreachable)
        clock.advance(by: .seconds(40))
        #expect(await failure(harness.tokens)?.code == .unreachable)
    }

    @Test("what Entra refused is not asked again for a minute, what may pass for five seconds")
    func holds() async {
        let clock = ImpatientClock()
        let refusing = harness(clock: clock) { _ in .json(#"{"error":"invalid_client"}"#, status: 400) }
        let busy = harness(clock: clock) { _ in .json("{}", status: 503) }
        let throttling = harness(clock: clock) { _ in .json("{}", status: 429, headers: [("Retry-After", "90")]) }
        for (harness, hold) in [(refusing, 60), (busy, 5), (throttling, 90)] as [(Harness, Int64)] {
            _ = await failure(harness.tokens)
            clock.advance(by: .seconds(hold) - .milliseconds(1))
            #expect(await failure(harness.tokens) != nil)
            #expect(harness.http.requests.count == 1)
            clock.advance(by: .milliseconds(1))
            _ = await failure(harness.tokens)
            #expect(harness.http.requests.count == 2)
        }
    }

    @Test("429 and 5xx are asked again after Retry-After")
    func retries() async throws {
        let clock = ImpatientClock()
        let harness = harness(clock: clock, retry: RetryPolicy()) { index in
            switch index {
            case 0: .json("{}", status: 429, headers: [("Retry-After", "7")])
            case 1: .json("{}", status: 503)
            default: .token()
            }
        }
        #expect(try await harness.tokens.token(for: Self.audience).authorization == "Bearer token-0")
        #expect(clock.waits == [.seconds(8), .seconds(2)])
    }

    @Test("a token's life is a number or a string, a length or a time")
    func lifetimes() async throws {
        let now = 1_927_857_900
        let answers: [(String, Duration)] = [
            (#""expires_in":3599"#, .seconds(3599)), (#""expires_in":"3599""#, .seconds(3599)),
            (#""expires_on":"\#(now + 60)""#, .seconds(60)), (#""expires_on":\#(now + 60)"#, .seconds(60)),
            (#""expires_in":100,"expires_on":"1""#, .seconds(100)), (#""expires_in":100.0"#, .seconds(100)),
            (#""expires_in":999999999"#, .seconds(86_400)),
            (#""expires_in":null,"expires_on":\#(now + 5)"#, .seconds(5)),
        ]
        for (fields, lifetime) in answers {
            let harness = harness { _ in .json(#"{"access_token":"t",\#(fields),"ext_expires_in":1}"#) }
            let token = try await harness.tokens.token(for: Self.audience)
            #expect(token.expiresAt == lifetime)
            #expect(token.renewAt == lifetime / 2)
        }
    }

    @Test(
        "a 200 without a usable token is malformed",
        arguments: [
            "", "{}", #"{"access_token":"t"}"#, #"{"expires_in":5}"#, #"{"access_token":"","expires_in":5}"#,
            #"{"access_token":"t","expires_in":"soon"}"#, #"{"access_token":"t","expires_in":0}"#,
            #"{"access_token":"t","expires_in":-5}"#, #"{"access_token":"t","expires_on":"5"}"#,
            #"{"access_token":"t\r\nX: y","expires_in":5}"#, #"{"access_token":null,"expires_in":5}"#,
            #"{"access_token":"t","expires_in":5"#,
        ])
    func malformed(body: String) async {
        let harness = harness { _ in .json(body) }
        #expect(await failure(harness.tokens)?.code == .malformedAnswer)
    }
}
