import MetricModel
import Planning
import Testing

@Suite struct CallPlannerTests {
    /// All resources of one block are asked for, unless `slots` says which.
    static func request(
        _ strip: Int, _ name: String, _ aggregation: Aggregation = .average, resources: [Int] = [0],
        slots: UInt64? = nil, route: CallRoute = .batch, subscription: String = "s", region: String = "westeurope",
        namespace: String = "a/b", grain: TimeGrain = .oneMinute, filter: String? = nil, top: Int = 10_000,
        from start: Int64 = 600, to end: Int64 = 660, mark: Int64 = 600, company: Company = .any,
        supported: AggregationSet = .all
    ) -> MetricRequest {
        MetricRequest(
            strip: strip, slots: slots ?? (1 << UInt64(resources.count)) - 1, resources: resources,
            feed: Feed(
                route: route, subscriptionID: subscription, region: region, namespace: namespace, grain: grain,
                filter: filter, top: top),
            metricName: name, metricKey: name.lowercased(), aggregation: aggregation,
            window: Timestamp(seconds: start)..<Timestamp(seconds: end), mark: Timestamp(seconds: mark),
            reachBackWidth: .seconds(960), company: company, supported: supported)
    }

    /// What is asked for, each pair once: `strip@resource`.
    static func pairs(_ calls: [MetricsCall]) -> [String] {
        calls.flatMap(\.parts).flatMap { part in
            part.slots.bitPositions.map { "\(part.strip)@\(part.resources[$0])" }
        }
    }

    private func calls(_ requests: [MetricRequest], batchSize: Int = 50) -> [MetricsCall] {
        let calls = CallPlanner(batchSize: batchSize).calls(for: requests)
        let asked = requests.flatMap { request in
            request.slots.bitPositions.map { "\(request.strip)@\(request.resources[$0])" }
        }
        #expect(Self.pairs(calls).sorted() == asked.sorted(), "every pair is asked for once")
        for call in calls {
            #expect(call.metricNames.count <= 20 && call.resources.count <= batchSize && !call.resources.isEmpty)
            #expect(Set(call.resources).count == call.resources.count)
            for part in call.parts {
                let resources = part.slots.bitPositions.map { part.resources[$0] }
                #expect(Set(resources).isSubset(of: call.resources) && part.metric < call.metricNames.count)
            }
        }
        return calls
    }

    private func strips(_ calls: [MetricsCall]) -> [[Int]] { calls.map { $0.parts.map(\.strip) } }

    @Test("nothing due is no call")
    func empty() {
        #expect(calls([]).isEmpty)
    }

    @Test("metrics and aggregations of 50 resources travel in one call; on the single route one resource each")
    func together() {
        let resources = Array(100..<150)
        for (route, count) in [(CallRoute.batch, 1), (.single, 50)] {
            let calls = calls([
                Self.request(0, "CPU", .average, resources: resources, route: route),
                Self.request(1, "cpu", .maximum, resources: resources, route: route),
                Self.request(2, "Net", .total, resources: resources, route: route),
            ])
            #expect(calls.count == count)
            #expect(calls.allSatisfy { $0.metricNames == ["CPU", "Net"] })
            #expect(calls.allSatisfy { $0.aggregations.members == [.average, .maximum, .total] })
            #expect(calls.flatMap(\.resources) == resources)
            #expect(calls.map(\.pairCount).reduce(0, +) == 150)
        }
    }

    @Test("20 names fit, the 21st begins a new call", arguments: [(1, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
    func names(count: Int, expected: Int) {
        #expect(calls((0..<count).map { Self.request($0, "m\($0)") }).count == expected)
    }

    @Test(
        "blocks share calls: ⌈resources/50⌉, or as many as the configuration allows",
        arguments: [(50, 3), (20, 7), (1, 130), (0, 130), (1000, 3)])
    func resources(batchSize: Int, expected: Int) {
        let blocks = [Array(0..<50), Array(50..<90), Array(90..<130)]
        let requests = blocks.enumerated().map { Self.request($0, "m", resources: $1) }
        #expect(calls(requests, batchSize: min(max(batchSize, 1), 50)).count == expected)
        #expect(CallPlanner(batchSize: batchSize).calls(for: requests).count == expected)
    }

    @Test("another route, subscription, region, namespace, grain, filter or limit is another call")
    func feeds() {
        let calls = calls([
            Self.request(0, "a"), Self.request(1, "b", region: "northeurope"),
            Self.request(2, "c", grain: .fiveMinutes), Self.request(3, "d", filter: "X eq '*'"),
            Self.request(4, "e", filter: "X eq '*'", top: 5), Self.request(5, "f", top: 5),
            Self.request(6, "g", route: .single), Self.request(7, "h", subscription: "t"),
            Self.request(8, "i", namespace: "a/c"),
        ])
        #expect(strips(calls) == [[0, 5], [1], [2], [3], [4], [6], [7], [8]])
    }

    @Test("the single route needs no region: what is known of it divides nothing")
    func regionsOfSingles() {
        let calls = calls([
            Self.request(0, "a", route: .single, region: "x"), Self.request(1, "b", route: .single, region: ""),
        ])
        #expect(calls.map(\.metricNames) == [["a", "b"]])
    }

    @Test("the window covers every member")
    func windows() {
        let shared = calls([Self.request(0, "a", from: 540), Self.request(1, "b", to: 720)])
        #expect(shared.map(\.window) == [Timestamp(seconds: 540)..<Timestamp(seconds: 720)])
    }

    @Test("it is cut at 60,000 points, oldest first", arguments: [(1, 20, 3000), (50, 20, 60), (50, 1, 1200)])
    func pointsCap(resources: Int, names: Int, buckets: Int64) {
        let calls = calls(
            (0..<names).map {
                Self.request($0, "m\($0)", resources: Array(0..<resources), from: 0, to: 60 * 10_000, mark: 0)
            })
        #expect(calls.map(\.window) == [Timestamp(seconds: 0)..<Timestamp(seconds: 60 * buckets)])
    }

    @Test("a laggard leaves its neighbours' call, laggards of one mark share")
    func laggards() {
        let calls = calls([
            Self.request(0, "a", mark: 10_000), Self.request(1, "b", from: 60, mark: 60),
            Self.request(2, "c", from: 60, mark: 60), Self.request(3, "d", mark: 10_000 - 960),
        ])
        #expect(strips(calls) == [[0, 3], [1, 2]])
    }

    @Test("a metric that spoiled a call is asked alone")
    func loners() {
        let calls = calls([
            Self.request(0, "a"), Self.request(1, "b", company: .none), Self.request(2, "c"),
        ])
        #expect(strips(calls) == [[0, 2], [1]])
    }

    /// Resources of a first metric and a second one, and the calls together.
    static let overlaps: [(Range<Int>, Range<Int>, Int)] = [
        (0..<10, 0..<10, 1), (0..<10, 10..<20, 1), (0..<50, 0..<30, 1), (0..<30, 20..<50, 1),
        // Together they would be two calls as well, with answers that nobody asked for.
        (0..<30, 30..<60, 2), (0..<50, 50..<100, 2), (0..<100, 50..<100, 2),
    ]

    @Test("metrics of different resources share calls when that makes fewer, and only then", arguments: overlaps)
    func merging(first: Range<Int>, second: Range<Int>, expected: Int) {
        func requests(_ number: Int, _ name: String, _ resources: Range<Int>) -> [MetricRequest] {
            stride(from: 0, to: 100, by: 50).compactMap { start in
                let block = Array(start..<start + 50)
                let slots = block.indices.filter { resources.contains(block[$0]) }.reduce(UInt64(0)) {
                    $0 | 1 << UInt64($1)
                }
                return slots == 0
                    ? nil : Self.request(number + start, name, resources: block, slots: slots)
            }
        }
        let calls = calls(requests(0, "a", first) + requests(1, "b", second))
        #expect(calls.count == expected)
    }

    /// From, to and mark in minutes, and the windows that remain.
    static let divisions: [(ClosedRange<Int64>, Int64, [ClosedRange<Int64>])] = [
        (0...10, 0, [0...5]), (0...10, 9, [9...10, 0...9]), (0...10, 10, [0...5]), (0...3, 0, [0...1]),
        (4...10, 2, [4...7]), (0...1, 0, []), (0...1, 1, []), (0...2, 1, [1...2, 0...1]),
    ]

    @Test("new buckets come apart from a look back, then the older half; a single bucket stays", arguments: divisions)
    func dividedByTime(window: ClosedRange<Int64>, mark: Int64, expected: [ClosedRange<Int64>]) throws {
        let call = try #require(
            calls([Self.request(0, "a", from: window.lowerBound * 60, to: window.upperBound * 60)]).first)
        let windows = call.dividedByTime(at: Timestamp(seconds: mark * 60)).map { part in
            part.window.lowerBound.seconds / 60...part.window.upperBound.seconds / 60
        }
        #expect(windows == expected)
    }

    @Test("halving by resource and by name isolates the culprit and loses nobody")
    func halving() throws {
        let requests = (0..<5).map { Self.request($0, "m\($0)", resources: [7, 8, 9]) }
        let whole = try #require(calls(requests + [Self.request(5, "m4", .total, resources: [9, 7])]).first)
        for halves in [whole.halvesByName, whole.halvesByResource] {
            #expect(halves.count == 2 && halves.allSatisfy { $0.window == whole.window && $0.feed == whole.feed })
            #expect(Self.pairs(halves).sorted() == Self.pairs([whole]).sorted())
        }
        #expect(whole.halvesByName.map(\.metricNames) == [["m0", "m1"], ["m2", "m3", "m4"]])
        #expect(whole.halvesByResource.map(\.resources) == [[7], [8, 9]])
        for half in whole.halvesByName {
            for part in half.parts { #expect(half.metricNames[part.metric] == "m\(min(part.strip, 4))") }
        }
        let single = try #require(
            calls(
                [requests[4]].map { request in
                    var request = request
                    request.slots = 1
                    return request
                }
            ).first)
        #expect(single.halvesByName.isEmpty && single.halvesByResource.isEmpty)
    }
}
