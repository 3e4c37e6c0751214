import Demo
import MetricModel
import Testing

@Suite struct ComparisonTests {
    static let keys = (0..<4).map {
        PointKey(metric: "cpu", resource: "/r", dimensions: [], bucketEnd: Timestamp(seconds: 60 * $0))
    }
    static let truth = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, Double($0)) })
    static let received = keys.enumerated().map { (key: $1, value: Double($0)) }

    @Test("what equals the truth is exact")
    func exact() {
        let comparison = Comparison(truth: Self.truth, received: Self.received)
        #expect(comparison.isExact)
        #expect(comparison.correctCount == 4)
    }

    @Test("a planted missing point fails it")
    func missing() {
        let comparison = Comparison(truth: Self.truth, received: Array(Self.received.dropFirst()))
        #expect(!comparison.isExact)
        #expect(comparison.missing == [Self.keys[0]])
    }

    @Test("a planted wrong value fails it")
    func wrong() {
        var received = Self.received
        received[2].value = 2.0000001
        let comparison = Comparison(truth: Self.truth, received: received)
        #expect(!comparison.isExact)
        #expect(comparison.wrong == [Self.keys[2]])
        #expect(comparison.missing.isEmpty)
    }

    @Test("a planted repeat fails it, with the same or another value", arguments: [1.0, 5.0])
    func doubled(value: Double) {
        let comparison = Comparison(truth: Self.truth, received: Self.received + [(key: Self.keys[1], value: value)])
        #expect(!comparison.isExact)
        #expect(comparison.doubled == [Self.keys[1]])
    }

    @Test("a planted point that Azure does not have fails it: another time, metric, resource or dimension")
    func unexpected() {
        let strangers = [
            PointKey(metric: "cpu", resource: "/r", dimensions: [], bucketEnd: Timestamp(seconds: 61)),
            PointKey(metric: "mem", resource: "/r", dimensions: [], bucketEnd: Timestamp(seconds: 60)),
            PointKey(metric: "cpu", resource: "/q", dimensions: [], bucketEnd: Timestamp(seconds: 60)),
            PointKey(metric: "cpu", resource: "/r", dimensions: [Label("a", "b")], bucketEnd: Timestamp(seconds: 60)),
        ]
        for stranger in strangers {
            let comparison = Comparison(truth: Self.truth, received: Self.received + [(key: stranger, value: 1)])
            #expect(!comparison.isExact)
            #expect(comparison.unexpected == [stranger])
        }
    }

    @Test("nothing received of something is not exact, nothing of nothing is")
    func empty() {
        #expect(!Comparison(truth: Self.truth, received: []).isExact)
        #expect(Comparison(truth: [:], received: []).isExact)
    }

    @Test("dimensions compare without regard to their order")
    func dimensionOrder() {
        let one = PointKey(
            metric: "m", resource: "/r", dimensions: [Label("a", "1"), Label("b", "2")],
            bucketEnd: Timestamp(seconds: 0))
        let other = PointKey(
            metric: "m", resource: "/r", dimensions: [Label("b", "2"), Label("a", "1")],
            bucketEnd: Timestamp(seconds: 0))
        #expect(one == other)
    }
}
