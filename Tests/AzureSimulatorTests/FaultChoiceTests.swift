import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// By what a fault chooses its calls, and the answers that are no JSON.
@Suite struct FaultChoiceTests {
    static let vm = TestAzure.id("vm-web-1")
    static let body = #"{"resourceids":["\/subscriptions\/s\/resourceGroups\/g\/providers\/A.B\/c\/Poison"]}"#

    struct Choice: Sendable {
        var text: String
        /// Path, query, host, body and seconds after noon of a call that is hit, and of one that is not.
        var hit = Sent()
        var missed = Sent()
    }

    struct Sent: Sendable {
        var path = vm + "/providers/Microsoft.Insights/metrics"
        var query = "api-version=2024-02-01"
        var host = "127.0.0.1:1"
        var body = ""
        var after: Int64 = 0
    }

    static let choices = [
        Choice(
            text: "resource=VM-web",
            missed: Sent(path: TestAzure.id("kv-shop") + "/providers/Microsoft.Insights/metrics")),
        Choice(text: "resource=c/poison", hit: Sent(body: body), missed: Sent(body: "{}")),
        Choice(
            text: "metric=percentage%20cpu", hit: Sent(query: "metricnames=Other,Percentage%20CPU"),
            missed: Sent(query: "metricnames=Percentage%20CPU%20Max")),
        Choice(
            text: "region=WestEurope", hit: Sent(path: "/westeurope.metrics/subscriptions/x"),
            missed: Sent(path: "/northeurope.metrics/subscriptions/x")),
        Choice(
            text: "host=MANAGEMENT.", hit: Sent(host: "management.localhost"), missed: Sent(host: "login.localhost")),
        Choice(text: "from=60", hit: Sent(after: 60), missed: Sent(after: 59)),
        Choice(text: "until=60", hit: Sent(after: 59), missed: Sent(after: 60)),
        Choice(
            text: "from=2031-02-04T12:01:00Z&until=2031-02-04T12:02:00Z", hit: Sent(after: 119),
            missed: Sent(after: 120)),
        Choice(text: "route=metrics&chance=1", missed: Sent(path: "/nowhere")),
    ]

    static func isHit(_ text: String, _ sent: Sent) throws -> Bool {
        let fault = try Fault(text: "answer=529&" + text)
        let azure = TestAzure(TestAzure.options { $0.faults = [fault] })
        azure.clock.advance(by: .seconds(sent.after))
        let request = ServedRequest(
            method: "GET", path: sent.path, query: sent.query, headers: [("Host", sent.host)],
            body: Array(sent.body.utf8))
        return azure.azure.answer(request).status == 529
    }

    @Test("a fault hits what it is about and nothing else", arguments: choices)
    func choice(_ choice: Choice) throws {
        #expect(try Self.isHit(choice.text, choice.hit))
        #expect(try !Self.isHit(choice.text, choice.missed))
    }

    @Test func aFaultThatEndsBeforeItBeginsHitsNothing() throws {
        for after in [0, 60, 120] as [Int64] { #expect(try !Self.isHit("from=90&until=30", Sent(after: after))) }
    }

    @Test func chanceIsDecidedByTheSeedAndTimesIsTheMost() throws {
        func hits(_ text: String) throws -> [Bool] {
            let fault = try Fault(text: "answer=503&name=f&" + text)
            let azure = TestAzure(TestAzure.options { $0.faults = [fault] })
            return (0..<400).map { _ in azure.get("/nowhere").status == 503 }
        }
        let half = try hits("chance=0.5&seed=1")
        #expect((150...250).contains(half.filter { $0 }.count))
        #expect(try hits("chance=0.5&seed=1") == half)
        #expect(try hits("chance=0.5&seed=2") != half)
        #expect(try hits("chance=0.5&seed=1&times=3").filter { $0 }.count == 3)
        #expect(try hits("calls=5-9&times=2").firstIndex(of: true) == 4)
        #expect(try hits("chance=0").allSatisfy { !$0 })
    }

    @Test func aRefusalMayNameADate() {
        let fault = Fault("f", effect: .refusal(status: 429, retryAfter: "date:90"))
        let answer = TestAzure(TestAzure.options { $0.faults = [fault] }).get("/nowhere")
        #expect(answer.header("Retry-After") == "Tue, 04 Feb 2031 12:01:30 GMT")
    }

    static let bodies: [(Fault.Effect, Int)] = [
        (.htmlPage, 502), (.emptyBody, 200), (.cutJSON, 200), (.hugeBody(bytes: 5000), 200),
    ]

    @Test("a body that is no JSON, or too much of it", arguments: bodies)
    func oddBody(_ effect: Fault.Effect, _ status: Int) {
        let ordinary = TestAzure().metrics(Self.vm, []).body
        let answer = TestAzure(TestAzure.options { $0.faults = [Fault("f", effect: effect)] }).metrics(Self.vm, [])
        #expect(answer.status == status)
        switch effect {
        case .htmlPage: #expect(answer.header("Content-Type") == "text/html" && answer.body.starts(with: "<html>".utf8))
        case .emptyBody: #expect(answer.body.isEmpty)
        case .cutJSON: #expect(answer.body == Array(ordinary.prefix(ordinary.count / 2)) && answer.json.isEmpty)
        default: #expect(answer.body == Array(repeating: 0x20, count: 5000) + ordinary)
        }
    }
}
