import MetricModel
import Planning
import Testing

@testable import Agent

/// How long a too large answer is remembered, and for whom.
@Suite struct AnswerSizesTests {
    /// A call for three buckets of one metric of these resources, all of strip `strip`.
    private func call(_ strip: Int, _ resources: Range<Int>) throws -> MetricsCall {
        let request = MetricRequest(
            strip: strip, slots: resources.reduce(0) { $0 | 1 << UInt64($1) }, resources: Array(0..<50),
            feed: Feed(
                route: .batch, subscriptionID: "s", region: "westeurope", namespace: "a/b", grain: .oneMinute,
                filter: nil, top: 0), metricName: "m", metricKey: "m", aggregation: .average,
            window: Timestamp(seconds: 600)..<Timestamp(seconds: 780), mark: Timestamp(seconds: 600),
            reachBackWidth: .seconds(960))
        return try #require(CallPlanner().calls(for: [request]).first)
    }

    @Test("a limit holds for the pairs of the call and doubles every hour until no call reaches it")
    func growth() throws {
        var sizes = AnswerSizes()
        let call = try call(3, 0..<10)
        sizes.tooLarge(call, parts: call.halvesByResource, .cells, at: .seconds(100))
        #expect(sizes.exceeds(call) && call.halvesByResource.allSatisfy { !sizes.exceeds($0) })
        #expect(try sizes.exceeds(self.call(3, 9..<16)) && !sizes.exceeds(self.call(3, 10..<50)))
        #expect(try !sizes.exceeds(self.call(4, 0..<50)))
        sizes.grow(at: .seconds(3699))
        #expect(sizes.exceeds(call))
        sizes.grow(at: .seconds(3700))
        #expect(try !sizes.exceeds(call) && sizes.exceeds(self.call(3, 0..<11)))
        for hour in 2...4 { sizes.grow(at: .seconds(100 + 3600 * hour)) }
        #expect(try !sizes.exceeds(self.call(3, 0..<50)))
    }

    @Test("the smaller of what was too large counts, for those pairs only; bytes and series apart")
    func smaller() throws {
        var sizes = AnswerSizes()
        for resources in [0..<10, 0..<5, 0..<2] {
            let call = try call(3, resources)
            sizes.tooLarge(call, parts: call.halvesByResource, .points, at: .zero)
        }
        #expect(try sizes.exceeds(call(3, 0..<2)) && !sizes.exceeds(call(3, 0..<1)))
        #expect(try sizes.exceeds(call(3, 2..<6)) && !sizes.exceeds(call(3, 2..<5)))
        #expect(try sizes.exceeds(call(3, 5..<11)) && !sizes.exceeds(call(3, 5..<10)))
        var short = try call(3, 0..<2)
        short.window = Timestamp(seconds: 600)..<Timestamp(seconds: 660)
        #expect(!sizes.exceeds(short), "one bucket of two is less than three of one")
        sizes.forget(from: 3)
        #expect(try !sizes.exceeds(call(3, 0..<10)))
    }

    @Test("what was too large without parts is not remembered")
    func indivisible() throws {
        var sizes = AnswerSizes()
        let call = try call(3, 0..<1)
        sizes.tooLarge(call, parts: [], .cells, at: .zero)
        #expect(!sizes.exceeds(call))
    }
}
