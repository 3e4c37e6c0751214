import MetricModel
import Testing

@testable import CrashTest

/// The comparison must find everything that can be wrong, or a green crash test says nothing.
struct VerdictTests {
    static let settle = Duration.seconds(10)
    /// Buckets start at these minutes, with the minute as value; minute 3 is empty.
    static let truth: [Int64: Double] = [0: 0, 60: 1, 120: 2, 240: 4, 300: 5]

    static func point(_ minute: Int64, value: Double? = nil, metric: String = "cpu", at: Int64 = 1000) -> (
        SeriesKey, Int64, Arrival
    ) {
        (
            SeriesKey(metric: metric, resource: "/vm", dimensions: [Label("lun", "0")]), 60 * minute + 60,
            Arrival(value: value ?? Double(minute), at: Timestamp(seconds: at))
        )
    }

    /// Born between minutes 1 and 2; everything until the end of minute 4 must be there.
    static func verdict(_ points: [(SeriesKey, Int64, Arrival)]) -> Verdict {
        var ledger = ReceivedLedger()
        for (key, end, arrival) in points { ledger.store(arrival, of: key, end: Timestamp(seconds: end)) }
        let pair = PairExpectation(
            metric: "cpu", resource: "/vm", grain: .oneMinute, settle: settle,
            birth: Timestamp(seconds: 60)...Timestamp(seconds: 120), settledEnd: Timestamp(seconds: 300),
            truth: [[Label("lun", "0")]: truth])
        return Verdict([pair], ledger)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var points: [(SeriesKey, Int64, Arrival)]
        /// Kind and end of the bucket.
        var finds: [String] = []
        var correct: Int
        var repeated = 0
    }

    static let cases: [Case] = [
        Case(testDescription: "all of it", points: [point(1), point(2), point(4)], correct: 3),
        Case(
            testDescription: "and what is newer than must be", points: [point(1), point(2), point(4), point(5)],
            correct: 4),
        Case(testDescription: "born at the later time", points: [point(2), point(4)], correct: 2),
        Case(
            testDescription: "twice the same", points: [point(1), point(2), point(2), point(4)], correct: 3, repeated: 1
        ),
        Case(testDescription: "one lost", points: [point(1), point(4)], finds: ["lost 180"], correct: 2),
        Case(testDescription: "the oldest lost", points: [point(4)], finds: ["lost 180"], correct: 1),
        Case(testDescription: "the newest lost", points: [point(1), point(2)], finds: ["lost 300"], correct: 2),
        Case(testDescription: "nothing came", points: [], finds: ["lost 120", "lost 180", "lost 300"], correct: 0),
        Case(
            testDescription: "an empty bucket filled", points: [point(1), point(2), point(3), point(4)],
            finds: ["invented 240"], correct: 3),
        Case(
            testDescription: "older than its birth", points: [point(0), point(1), point(2), point(4)],
            finds: ["invented 60"], correct: 3),
        Case(
            testDescription: "before it was settled", points: [point(1), point(2), point(4, at: 308)],
            finds: ["invented 300"], correct: 2),
        Case(
            testDescription: "as soon as it was settled", points: [point(1), point(2), point(4, at: 309)], correct: 3),
        Case(
            testDescription: "of a metric that nobody declared",
            points: [point(1), point(2), point(4), point(4, metric: "gpu")],
            finds: ["invented 300"], correct: 3),
        Case(
            testDescription: "another value", points: [point(1), point(2, value: 2.5), point(4)], finds: ["wrong 180"],
            correct: 2),
        Case(
            testDescription: "twice with two values, the right one first",
            points: [point(1), point(2), point(2, value: 2.5), point(4)], finds: ["wrong 180"], correct: 3),
        Case(
            testDescription: "twice with two values, the right one last",
            points: [point(1), point(2, value: 2.5), point(2), point(4)], finds: ["wrong 180", "wrong 180"], correct: 2),
    ]

    @Test("every kind of difference is found, and nothing else", arguments: cases)
    func differences(_ example: Case) {
        let verdict = Self.verdict(example.points)
        let found = verdict.sortedDifferences.map { "\($0.kind.rawValue) \($0.bucketEnd.seconds)" }
        #expect(found == example.finds)
        #expect(verdict.correctCount == example.correct && verdict.repeatedCount == example.repeated)
    }

    /// What an outcome complains of.
    @Test(
        "an outcome passes only when lost equals dropped, nothing was repeated needlessly and kills met something",
        arguments: [
            Judgement(complaints: []), Judgement(rounds: 8, inFlight: 1, complaints: []),
            Judgement(inFlight: 99, complaints: ["less than 100 of the kills met something in flight"]),
            Judgement(rounds: 8, inFlight: 0, complaints: ["less than 1 of the kills met something in flight"]),
            Judgement(dropped: 1, complaints: ["lost is not what was dropped as counted"]),
            Judgement(repeated: 2, complaints: ["requests were repeated although they were answered"]),
        ])
    func outcome(_ judgement: Judgement) {
        let outcome = CrashTest.Outcome(
            verdict: Self.verdict([Self.point(1), Self.point(2), Self.point(4)]), rounds: judgement.rounds,
            roundsInFlight: judgement.inFlight, dropped: judgement.dropped, repeatedRequests: judgement.repeated,
            excusedRequests: 1)
        #expect(outcome.complaints == judgement.complaints)
    }

    struct Judgement: Sendable {
        var dropped = 0
        var rounds = 200
        var inFlight = 100
        var repeated = 0
        var complaints: [String]
    }
}
