import MetricModel
import Planning
import Testing

@Suite struct CallPlannerTests {
    static func request(
        _ pair: Int, _ name: String, _ aggregation: Aggregation = .average, resource: String = "/subscriptions/s/r/a",
        grain: TimeGrain = .oneMinute, filter: String? = nil, top: Int = 10_000, from start: Int64 = 600,
        to end: Int64 = 660, mark: Int64 = 600, company: Company = .any
    ) -> PairRequest {
        PairRequest(
            pair: pair, resourceID: ResourceID(resource), metricName: name, aggregation: aggregation, grain: grain,
            filter: filter, top: top, window: Timestamp(seconds: start)..<Timestamp(seconds: end),
            mark: Timestamp(seconds: mark), reachBackWidth: .seconds(960), company: company)
    }

    @Test("nothing due is no call")
    func empty() {
        #expect(CallPlanner.calls(for: []).isEmpty)
    }

    @Test("metrics and aggregations of one resource travel in one call")
    func together() {
        let calls = CallPlanner.calls(for: [
            Self.request(0, "CPU", .average), Self.request(1, "cpu", .maximum), Self.request(2, "Net", .total),
        ])
        #expect(calls.count == 1)
        #expect(calls.first?.metricNames == ["CPU", "Net"])
        #expect(calls.first?.aggregations.members == [.average, .maximum, .total])
        #expect(calls.first?.pairs == [0, 1, 2])
    }

    @Test("20 names fit, the 21st begins a new call", arguments: [(1, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
    func names(count: Int, calls: Int) {
        let planned = CallPlanner.calls(for: (0..<count).map { Self.request($0, "m\($0)") })
        #expect(planned.count == calls)
        #expect(planned.allSatisfy { $0.metricNames.count <= 20 })
        #expect(planned.flatMap(\.pairs).sorted() == Array(0..<count))
    }

    @Test("another resource, grain, filter or limit is another call")
    func feeds() {
        let calls = CallPlanner.calls(for: [
            Self.request(0, "a"), Self.request(1, "b", resource: "/subscriptions/s/r/b"),
            Self.request(2, "c", grain: .fiveMinutes), Self.request(3, "d", filter: "X eq '*'"),
            Self.request(4, "e", filter: "X eq '*'", top: 5), Self.request(5, "f", top: 5),
            Self.request(6, "g", resource: "/SUBSCRIPTIONS/S/R/A"),
        ])
        #expect(calls.map(\.pairs) == [[0, 5, 6], [1], [2], [3], [4]])
    }

    @Test("the window covers every member and is cut at 60,000 points, oldest first")
    func windows() {
        let shared = CallPlanner.calls(for: [Self.request(0, "a", from: 540), Self.request(1, "b", to: 720)])
        #expect(shared.first?.window == Timestamp(seconds: 540)..<Timestamp(seconds: 720))
        let long = CallPlanner.calls(
            for: (0..<20).map { Self.request($0, "m\($0)", from: 0, to: 60 * 10_000, mark: 0) })
        #expect(long.first?.window == Timestamp(seconds: 0)..<Timestamp(seconds: 60 * 3000))
    }

    @Test("a laggard leaves its neighbours' call, laggards of one mark share")
    func laggards() {
        let calls = CallPlanner.calls(for: [
            Self.request(0, "a", mark: 10_000), Self.request(1, "b", from: 60, mark: 60),
            Self.request(2, "c", from: 60, mark: 60), Self.request(3, "d", mark: 10_000 - 960),
        ])
        #expect(calls.map(\.pairs) == [[0, 3], [1, 2]])
    }

    @Test("a pair that spoiled a call is asked alone")
    func loners() {
        let calls = CallPlanner.calls(for: [
            Self.request(0, "a"), Self.request(1, "b", company: .none), Self.request(2, "c"),
        ])
        #expect(calls.map(\.pairs) == [[0, 2], [1]])
    }

    @Test("metrics that refuse a neighbour's aggregation share with those that need the same ones")
    func choosy() {
        let calls = CallPlanner.calls(for: [
            Self.request(0, "a", .average, company: .sameAggregations),
            Self.request(1, "a", .maximum, company: .sameAggregations),
            Self.request(2, "b", .total, company: .sameAggregations),
            Self.request(3, "c", .total, company: .sameAggregations),
            Self.request(4, "d", .total), Self.request(5, "e", .average),
        ])
        #expect(calls.map(\.pairs) == [[4, 5], [0, 1], [2, 3]])
        #expect(calls.map(\.aggregations.members) == [[.average, .total], [.average, .maximum], [.total]])
    }

    @Test("halving isolates the culprit and loses nobody")
    func halving() throws {
        let requests = (0..<5).map { Self.request($0, "m\($0)") } + [Self.request(5, "m4", .total)]
        let whole = try #require(CallPlanner.calls(for: requests).first)
        let parts = CallPlanner.halves(of: whole, members: requests)
        #expect(parts.map(\.pairs) == [[0, 1], [2, 3, 4, 5]])
        #expect(parts.allSatisfy { $0.window == whole.window })
        let single = try #require(CallPlanner.calls(for: [requests[4], requests[5]]).first)
        #expect(CallPlanner.halves(of: single, members: Array(requests[4...])).isEmpty)
    }
}
