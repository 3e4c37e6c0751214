import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// The fault script: which calls are hit, and what they get.
@Suite struct FaultTests {
    static let texts: [(String, Fault)] = [
        ("answer=429", Fault("answer=429", effect: .refusal(status: 429))),
        (
            "route=TOKEN&calls=1-2&answer=500&retryAfter=soon%20enough&name=x",
            Fault("x", route: "token", calls: 1...2, effect: .refusal(status: 500, retryAfter: "soon enough"))
        ),
        ("calls=3&Answer=Slow&delay=1.5&name=s", Fault("s", calls: 3...3, effect: .delay(.seconds(1.5)))),
        (
            "answer=expired-tokens&calls=4-&route=metrics&name=e",
            Fault("e", route: "metrics", calls: 4...Int.max, effect: .expiredTokens)
        ),
        ("answer=503&retryAfter=&name=r", Fault("r", effect: .refusal(status: 503, retryAfter: ""))),
        ("answer=529&name=o", Fault("o", effect: .refusal(status: 529))),
        ("answer=html&name=h", Fault("h", effect: .htmlPage)), ("answer=empty&name=e", Fault("e", effect: .emptyBody)),
        ("answer=cut&name=c", Fault("c", effect: .cutJSON)),
        ("answer=huge&name=h", Fault("h", effect: .hugeBody(bytes: 67_108_864))),
        ("answer=huge&bytes=9&name=h", Fault("h", effect: .hugeBody(bytes: 9))),
        (
            "answer=empty&name=w&resource=vm-&metric=CPU&region=westeurope&host=localhost&chance=0.5&seed=7&times=3"
                + "&from=2031-02-04T12:00:00Z&until=90",
            chosen {
                $0.resource = "vm-"
                $0.metric = "CPU"
                $0.region = "westeurope"
                $0.host = "localhost"
                $0.chance = 0.5
                $0.seed = 7
                $0.times = 3
                $0.from = .time(TestAzure.noon)
                $0.until = .after(.seconds(90))
            }
        ),
    ]

    /// A fault that chooses.
    static func chosen(_ name: String = "w", _ change: (inout Fault) -> Void) -> Fault {
        var fault = Fault(name, effect: .emptyBody)
        change(&fault)
        return fault
    }

    @Test("a fault is read from text", arguments: texts)
    func reads(_ text: String, _ expected: Fault) throws {
        #expect(try Fault(text: text) == expected)
    }

    static let mistakes: [(String, String)] = [
        ("", "'answer' is missing"), ("route=token", "'answer' is missing"), ("answer=200", "slow, expired-tokens"),
        ("answer=fast", "429, 500, 501, 502, 503, 504, 529"), ("answer=slow", "'delay' with 'slow'"),
        ("answer=429&delay=1", "'delay' with 'slow'"), ("answer=slow&delay=1&retryAfter=2", "'retryAfter' goes with"),
        ("answer=expired-tokens&delay=1", "'delay' with 'slow'"), ("answer=slow&delay=-1", "seconds up to 3600"),
        ("answer=slow&delay=3601", "seconds up to 3600"), ("answer=slow&delay=nan", "seconds up to 3600"),
        ("answer=429&calls=0", "3, 3-5 or 3-"), ("answer=429&calls=3-2", "3, 3-5 or 3-"),
        ("answer=429&calls=-2", "3, 3-5 or 3-"), ("answer=429&calls=1-2-3", "3, 3-5 or 3-"),
        ("answer=429&calls=", "3, 3-5 or 3-"), ("answer=429&route=nothing", "metricDefinitions"),
        ("answer=429&route=simulator", "metricDefinitions"), ("answer=429&name=", "a name"),
        ("answer=429&luck=0.5", "known are name, route, resource"),
        ("answer=429&chance=1.5", "a share from 0 to 1"), ("answer=429&seed=-1", "not negative"),
        ("answer=429&times=0", "from 1"), ("answer=429&resource=", "a part of an id"),
        ("answer=429&metric=", "a metric's name"), ("answer=429&region=", "westeurope"),
        ("answer=429&host=", "a host's name"), ("answer=429&from=noon", "2031-02-03T04:05:06Z"),
        ("answer=429&until=-1", "seconds from now"), ("answer=huge&bytes=2147483648", "1073741824"),
        ("answer=html&bytes=1", "'bytes' with 'huge'"), ("answer=empty&retryAfter=1", "'retryAfter' goes with"),
        ("answer=429&retryAfter=a%0D%0Ab", "the value of a header"),
    ]

    @Test("what is no fault is refused with what would be right", arguments: mistakes)
    func refuses(_ text: String, _ words: String) {
        let error = #expect(throws: FaultTextError.self) { try Fault(text: text) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    static func call(_ route: String) -> Fault.Call {
        let request = ServedRequest(method: "GET", path: "/")
        return Fault.Call(route: route, address: Address(request), request: request, now: TestAzure.noon)
    }

    @Test func everyLineCountsItsOwnCallsAndTheFirstThatHitsCounts() {
        var script = FaultScript(
            [
                Fault("second", route: "metrics", calls: 2...2, effect: .expiredTokens),
                Fault("from two", calls: 2...3, effect: .refusal(status: 503)),
            ], at: TestAzure.noon)
        let hits = ["token", "metrics", "metrics", "token", "metrics"].map { route in
            script.fault(for: Self.call(route))?.name
        }
        #expect(hits == [nil, "from two", "second", nil, nil])
        #expect(script.lines.map(\.seen) == [3, 5])
        #expect(script.lines.map(\.hits) == [1, 1])
    }

    @Test func aFaultOfTheSameNameStartsAnewAtTheEnd() {
        var script = FaultScript(
            [Fault("a", effect: .expiredTokens), Fault("b", effect: .expiredTokens)], at: TestAzure.noon)
        _ = script.fault(for: Self.call("token"))
        script.add(Fault("a", route: "token", effect: .delay(.seconds(1))), at: TestAzure.noon)
        #expect(script.lines.map(\.fault.name) == ["b", "a"])
        #expect(script.lines.map(\.seen) == [1, 0])
        script.remove(named: "b")
        #expect(script.lines.map(\.fault.name) == ["a"])
        script.remove()
        #expect(script.lines.isEmpty)
    }

    private func azure(_ faults: Fault...) -> TestAzure {
        TestAzure(TestAzure.options { $0.faults = faults })
    }

    static let statuses: [(Int, String, String, Int)] = [
        (429, "TooManyRequests", "temporarily_unavailable", 90055), (500, "InternalServerError", "server_error", 90006),
        (502, "BadGateway", "server_error", 90006), (503, "ServerUnavailable", "temporarily_unavailable", 90033),
        (504, "GatewayTimeout", "temporarily_unavailable", 90033), (418, "SimulatedFault", "server_error", 90006),
    ]

    @Test("a refusal is worded as the service that was called does", arguments: statuses)
    func refusal(_ status: Int, _ code: String, _ error: String, _ number: Int) {
        let azure = azure(Fault("f", effect: .refusal(status: status, retryAfter: "17")))
        let manager = azure.metrics(TestAzure.id("kv-shop"), [])
        #expect(manager.status == status)
        #expect(manager.isWrapped && manager.code == code)
        #expect(manager.header("Retry-After") == "17")
        let token = TokenTests.ask(azure, TokenTests.form())
        #expect(token.status == status)
        #expect(token.json["error"] as? String == error)
        #expect(token.json["error_codes"] as? [Int] == [number])
        #expect(token.header("Retry-After") == "17")
        #expect(azure.azure.state.withLock { $0.journal.elements }.map(\.fault) == ["f", "f"])
    }

    @Test func withoutRetryAfterThereIsNoSuchHeader() {
        let answer = azure(Fault("f", effect: .refusal(status: 429))).metrics(TestAzure.id("kv-shop"), [])
        #expect(answer.status == 429)
        #expect(answer.header("Retry-After") == nil)
    }

    @Test func aSlowAnswerIsTheOrdinaryOneLater() throws {
        let slow = azure(Fault("f", route: "token", effect: .delay(.seconds(3))))
        let response = slow.azure.answer(
            ServedRequest(
                method: "POST", path: "/\(SimulatorOptions().tenantID)/oauth2/v2.0/token",
                headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Host", "127.0.0.1:1")],
                body: TokenTests.form()))
        #expect(response.delay == .seconds(3))
        #expect(response.status == 200)
        #expect(TestAzure.Answer(response).json["access_token"] is String)
        #expect(slow.metrics(TestAzure.id("kv-shop"), []).status == 200)
    }

    @Test func tokensEndInTheMiddleOfAScrape() throws {
        let azure = azure(Fault("f", route: "metrics", calls: 3...3, effect: .expiredTokens))
        let token = try #require(TokenTests.ask(azure, TokenTests.form()).json["access_token"] as? String)
        #expect((0..<4).map { _ in azure.metrics(TestAzure.id("kv-shop"), []).status } == [200, 200, 401, 401])
        let refused = TokenTests.callARM(azure, "Bearer \(token)")
        #expect(refused.status == 401)
        #expect(refused.code == "ExpiredAuthenticationToken")
        let challenge = try #require(refused.header("WWW-Authenticate"))
        #expect(challenge.hasPrefix("Bearer authorization_uri=\"http://") && challenge.contains("invalid_token"))
        let fresh = try #require(TokenTests.ask(azure, TokenTests.form()).json["access_token"] as? String)
        #expect(TokenTests.callARM(azure, "Bearer \(fresh)").status == 200)
    }

    private func faults(_ azure: TestAzure, _ method: String, _ query: String) -> TestAzure.Answer {
        TestAzure.Answer(
            azure.azure.answer(ServedRequest(method: method, path: "/simulator/faults", query: query)))
    }

    @Test func theScriptOfARunningSimulatorIsChangedOverHTTP() throws {
        let azure = TestAzure()
        #expect(faults(azure, "POST", "route=metrics&calls=2&answer=503&name=one").status == 200)
        #expect(faults(azure, "POST", "route=metricNamespaces&answer=429").status == 200)
        #expect((0..<3).map { _ in azure.metrics(TestAzure.id("kv-shop"), []).status } == [200, 503, 200])
        let listed = try #require(faults(azure, "GET", "").json["faults"] as? [[String: Any]])
        #expect(listed.map { $0["name"] as? String } == ["one", "route=metricNamespaces&answer=429"])
        #expect(listed.map { $0["seen"] as? Int } == [3, 0])
        #expect(listed.map { $0["hits"] as? Int } == [1, 0])
        #expect(TokenTests.callARM(azure, "Bearer \(azure.token)").status == 429)
        let left = faults(azure, "DELETE", "name=one").json["faults"] as? [[String: Any]]
        #expect(left?.count == 1)
        #expect((faults(azure, "DELETE", "").json["faults"] as? [Any])?.isEmpty == true)
        #expect(TokenTests.callARM(azure, "Bearer \(azure.token)").status == 200)

        let wrong = faults(azure, "POST", "answer=fast")
        #expect(wrong.status == 400 && wrong.message.contains("'fast' is not valid for 'answer'"))
        #expect(faults(azure, "PUT", "").header("Allow") == "GET, POST, DELETE")
    }

    @Test func theSimulatorItselfIsNeverHit() {
        let azure = azure(Fault("f", effect: .refusal(status: 503)))
        #expect(azure.get("/simulator/estate").status == 200)
        #expect(azure.get("/nowhere").status == 503)
    }
}
