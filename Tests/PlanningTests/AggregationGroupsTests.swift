import MetricModel
import Planning
import Testing

/// No metric is asked for an aggregation that it does not support, in the fewest calls.
@Suite struct AggregationGroupsTests {
    /// One metric: its name, what it needs, and what it supports besides.
    struct Need: Sendable {
        var name: String
        var aggregation: Aggregation
        var supported: [Aggregation]

        init(_ name: String, _ aggregation: Aggregation, _ supported: [Aggregation] = Aggregation.allCases) {
            (self.name, self.aggregation, self.supported) = (name, aggregation, supported)
        }

        func request(_ strip: Int, route: CallRoute = .batch) -> MetricRequest {
            CallPlannerTests.request(
                strip, name, aggregation, route: route, supported: AggregationSet(supported))
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var needs: [Need]
        /// The numbers of those that share a call, and what it asks for.
        var calls: [([Int], [Aggregation])]
    }

    private static let levels: [Aggregation] = [.average, .minimum, .maximum]
    private static let amounts: [Aggregation] = [.total, .average, .minimum, .maximum]

    static let cases: [Case] = [
        Case(
            testDescription: "all support everything", needs: [Need("a", .average), Need("b", .total)],
            calls: [([0, 1], [.average, .total])]),
        Case(
            testDescription: "what nobody needs need not be supported",
            needs: [Need("a", .average, levels), Need("b", .maximum, levels), Need("c", .minimum, amounts)],
            calls: [([0, 1, 2], [.average, .minimum, .maximum])]),
        Case(
            testDescription: "levels and amounts",
            needs: [Need("a", .average, levels), Need("b", .total, amounts), Need("c", .maximum, levels)],
            calls: [([0, 2], [.average, .maximum]), ([1], [.total])]),
        Case(
            testDescription: "who supports what both need goes where most are",
            needs: [
                Need("a", .average, levels), Need("b", .total, [.total]), Need("c", .total, [.total]),
                Need("d", .average, amounts), Need("e", .average, levels),
            ],
            calls: [([0, 3, 4], [.average]), ([1, 2], [.total])]),
        Case(
            testDescription: "two of one metric travel apart when neighbours do not support both",
            needs: [
                Need("a", .average), Need("a", .total), Need("b", .average, levels), Need("c", .total, [.total]),
            ],
            calls: [([0, 2], [.average]), ([1, 3], [.total])]),
        Case(
            testDescription: "one aggregation in two calls makes fewer than each in its own",
            needs: [
                Need("a", .average, [.average, .minimum]), Need("b", .minimum, [.average, .minimum]),
                Need("c", .average, [.average, .maximum]), Need("d", .maximum, [.average, .maximum]),
            ],
            calls: [([0, 1], [.average, .minimum]), ([2, 3], [.average, .maximum])]),
        Case(
            testDescription: "what a metric needs itself may be asked although it is not listed",
            needs: [
                Need("a", .average, [.total]), Need("b", .average, levels), Need("c", .total, [.average, .total]),
            ],
            calls: [([0, 1], [.average]), ([2], [.total])]),
        Case(
            testDescription: "nothing but its own",
            needs: Aggregation.allCases.enumerated().map { Need("m\($0)", $1, []) },
            calls: Aggregation.allCases.enumerated().map { ([$0], [$1]) }),
    ]

    @Test("metrics share as far as all support what one of them needs", arguments: cases)
    func groups(expected: Case) {
        for route in [CallRoute.batch, .single] {
            let calls = CallPlanner().calls(for: expected.needs.enumerated().map { $1.request($0, route: route) })
            let found = calls.map { ($0.parts.map(\.strip).sorted(), $0.aggregations.members) }
                .sorted { $0.0[0] < $1.0[0] }
            #expect(found.map(\.0) == expected.calls.map(\.0))
            #expect(found.map(\.1) == expected.calls.map { Aggregation.allCases.filter($0.1.contains) })
        }
    }

    /// A number below `limit`, always the same for the same seed.
    private func random(_ seed: inout UInt64, _ limit: UInt64) -> UInt64 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (seed >> 33) % limit
    }

    /// The fewest groups of `requests`, by trying all ways to divide them.
    private func fewest(_ requests: ArraySlice<MetricRequest>, _ groups: [[MetricRequest]] = []) -> Int {
        guard let first = requests.first else { return groups.count }
        let others = requests.dropFirst()
        return (0...groups.count).compactMap { place -> Int? in
            var groups = groups
            if place == groups.count { groups.append([]) }
            groups[place].append(first)
            return isAllowed(groups[place]) ? fewest(others, groups) : nil
        }.min() ?? .max
    }

    private func isAllowed(_ group: [MetricRequest]) -> Bool {
        let needed = CallPlanner.aggregations(of: group)
        return group.allSatisfy { $0.supported.isSuperset(of: needed) }
    }

    @Test("never more calls than there have to be, and never one that a metric does not support")
    func fewest() {
        var seed: UInt64 = 7
        for _ in 0..<300 {
            let requests = (0..<Int(2 + random(&seed, 5))).map { strip in
                CallPlannerTests.request(
                    strip, "m\(strip)", Aggregation.allCases[Int(random(&seed, 5))],
                    supported: AggregationSet(rawValue: UInt8(random(&seed, 32))))
            }
            let calls = CallPlanner().calls(for: requests)
            #expect(calls.flatMap { $0.parts.map(\.strip) }.sorted() == Array(requests.indices))
            #expect(calls.allSatisfy { isAllowed($0.parts.map { requests[$0.strip] }) })
            #expect(calls.count == fewest(requests[...]), "\(requests.map { ($0.aggregation, $0.supported) })")
        }
    }
}
