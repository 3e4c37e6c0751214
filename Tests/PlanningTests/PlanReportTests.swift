import MetricModel
import Planning
import Testing

@Suite struct PlanReportTests {
    private static func report(
        _ requests: [MetricRequest], perMonth: Int = 43_200, isAlone: Set<Int> = [], batchSize: Int? = 50
    ) -> PlanReport {
        let calls = CallPlanner(batchSize: batchSize ?? 50).calls(for: requests)
        let count = (requests.map(\.strip).max() ?? -1) + 1
        let schedule = PlannedSchedule(
            text: "* * * * *",
            strips: (0..<count).map { strip in
                PlannedSchedule.Strip(
                    metric: "metric\(strip)", isAlone: isAlone.contains(strip),
                    supported: requests.first { $0.strip == strip }?.supported ?? .all)
            },
            pairCount: requests.count, cycles: [PlannedSchedule.Cycle(calls: calls, countPerMonth: perMonth)])
        return PlanReport(
            [schedule], batchSize: batchSize,
            besides: PlanReport.Besides(tokens: 2, definitionsPerDay: 1, graphQueriesPerStart: 1), notes: [])
    }

    private static func request(
        _ strip: Int, resources: Range<Int> = 0..<10, route: CallRoute = .batch, region: String = "westeurope",
        grain: TimeGrain = .oneMinute, filter: String? = nil, top: Int = 10_000, company: Company = .any,
        _ aggregation: Aggregation = .average, supported: AggregationSet = .all
    ) -> MetricRequest {
        CallPlannerTests.request(
            strip, "m\(strip)", aggregation, resources: Array(resources), route: route, region: region, grain: grain,
            filter: filter, top: top, company: company, supported: supported)
    }

    @Test("calls a cycle, an hour and a month, and the price of those beyond the first million")
    func sums() {
        let report = Self.report([Self.request(0), Self.request(1, region: "northeurope")])
        let schedule = report.schedules[0]
        #expect(schedule.callsPerCycle == 2 && schedule.mostCallsPerCycle == 2)
        #expect(report.callsPerHour == 120 && report.callsPerMonth == 86_400 && report.costPerMonth == 0)
        #expect(report.lanes.map(\.region) == ["northeurope", "westeurope"])
        #expect(report.lanes.allSatisfy { $0.callsPerMonth == 43_200 && $0.quotaShare == nil })
        #expect(Self.report([Self.request(0)], perMonth: 3_000_000).costPerMonth == 20)
    }

    @Test("one resource a call draws on the quota of Azure Resource Manager")
    func single() {
        let lane = Self.report([Self.request(0, route: .single)]).lanes[0]
        #expect(lane.route == .single && lane.mostCallsPerCycle == 10 && lane.callsPerHour == 600)
        #expect(lane.quotaShare == 600.0 / 90_000)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var requests: [MetricRequest]
        var isAlone: Set<Int> = []
        var batchSize: Int? = 50
        /// Metrics, calls and why.
        var metrics: [String]
        var calls: Int
        var reasons: [ExtraCalls.Reason]
    }

    private static let pair = [request(0), request(1)]

    static let cases: [Case] = [
        Case(
            testDescription: "a filter", requests: pair + [request(2, filter: "A eq '*'")], metrics: ["metric2"],
            calls: 1, reasons: [.filter("A eq '*'")]),
        Case(
            testDescription: "another grain", requests: pair + [request(2, grain: .oneHour)], metrics: ["metric2"],
            calls: 1, reasons: [.grain(.oneHour)]),
        Case(
            testDescription: "another limit",
            requests: [request(0, filter: "A"), request(1, filter: "A"), request(2, filter: "A", top: 5)],
            metrics: ["metric2"], calls: 1, reasons: [.limit(5)]),
        Case(
            testDescription: "more than 20 metrics", requests: (0..<21).map { request($0) }, metrics: ["metric20"],
            calls: 1, reasons: [.manyMetrics]),
        Case(
            testDescription: "an aggregation that others do not support",
            requests: (0..<3).map { request($0, supported: [AggregationSet(.average), AggregationSet(.maximum)]) }
                + [request(3, .total)],
            metrics: ["metric3"], calls: 1, reasons: [.aggregations]),
        Case(
            testDescription: "not listed", requests: pair + [request(2, company: .none)], isAlone: [2],
            metrics: ["metric2"], calls: 1, reasons: [.unlisted]),
        Case(
            testDescription: "batching is off", requests: [request(0, route: .single)], batchSize: nil,
            metrics: ["metric0"], calls: 9, reasons: [.batchingOff]),
        Case(
            testDescription: "nobody knows the region", requests: [request(0, route: .single)], metrics: ["metric0"],
            calls: 9, reasons: [.regionUnknown]),
        Case(
            testDescription: "small batches", requests: pair, batchSize: 5, metrics: ["metric0", "metric1"], calls: 1,
            reasons: [.smallBatches(5)]),
    ]

    @Test("what takes more calls than ⌈resources / 50⌉ is named with the reason", arguments: cases)
    func extras(expected: Case) {
        let extras = Self.report(
            expected.requests, isAlone: expected.isAlone, batchSize: expected.batchSize
        ).extras
        #expect(extras.count == 1)
        #expect(extras.first?.metrics == expected.metrics && extras.first?.callsPerCycle == expected.calls)
        #expect(extras.first?.reasons == expected.reasons)
    }

    @Test("metrics and resources that fit one another take none")
    func none() {
        #expect(Self.report((0..<20).map { Self.request($0) }).extras.isEmpty)
        #expect(Self.report([Self.request(0), Self.request(1, region: "northeurope")]).extras.isEmpty)
    }
}
