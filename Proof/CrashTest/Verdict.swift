import MetricModel

/// A bucket about which receiver and truth do not agree.
package struct Difference: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        /// Settled, in the truth, never stored by the receiver.
        case lost
        /// Stored, but the truth has no such bucket, or it came before it was settled.
        case invented
        /// Stored with another value than the truth, or twice with two values.
        case wrong
    }

    package var kind: Kind
    package var series: SeriesKey
    package var bucketEnd: Timestamp
    package var expected: Double?
    package var received: Double?
    package var at: Timestamp?
    package var note = ""

    package var description: String {
        let values =
            "expected \(expected.map { "\($0)" } ?? "nothing"), received \(received.map { "\($0)" } ?? "nothing")"
        let when = at.map { " at \($0)" } ?? ""
        return
            "\(kind.rawValue): \(series) bucket until \(bucketEnd): \(values)\(when)\(note.isEmpty ? "" : " (\(note))")"
    }
}

/// What must have arrived of one pair (declared metric, resource).
package struct PairExpectation: Sendable {
    package var metric: String
    package var resource: String
    package var grain: TimeGrain
    package var settle: Duration
    /// The pair's birth (rule T3) lies in here. From outside it is not known to the minute: it is committed by the first
    /// agent that lives long enough.
    package var birth: ClosedRange<Timestamp>
    /// Buckets that end here or before must be there; later ones may.
    package var settledEnd: Timestamp
    /// Final values by dimensions (sorted by name) and start of the bucket in seconds, from the earliest birth on.
    package var truth: [[Label]: [Int64: Double]]

    package init(
        metric: String, resource: String, grain: TimeGrain, settle: Duration, birth: ClosedRange<Timestamp>,
        settledEnd: Timestamp, truth: [[Label]: [Int64: Double]]
    ) {
        self.metric = metric
        self.resource = resource
        self.grain = grain
        self.settle = settle
        self.birth = birth
        self.settledEnd = settledEnd
        self.truth = truth
    }
}

/// What the receiver holds, held against the truth.
package struct Verdict: Sendable {
    /// Buckets of the truth since birth.
    package private(set) var expectedCount = 0
    /// Buckets that are there with the right value.
    package private(set) var correctCount = 0
    /// Of those, how many came more than once.
    package private(set) var repeatedCount = 0
    package private(set) var differences: [Difference] = []

    /// Azure tells its time in whole seconds, and the agent reads it from answers: so far it may be ahead.
    private static let clockTolerance = Duration.seconds(1)

    /// Compares all of `ledger` with all pairs.
    package init(_ pairs: [PairExpectation], _ ledger: ReceivedLedger) {
        var known: Set<SeriesKey> = []
        let seriesOfPair = Dictionary(
            grouping: ledger.arrivals.keys, by: { SeriesKey(metric: $0.metric, resource: $0.resource) })
        for pair in pairs {
            let received = seriesOfPair[SeriesKey(metric: pair.metric, resource: pair.resource)] ?? []
            let width = pair.grain.seconds
            let first = received.lazy.compactMap { ledger.arrivals[$0]?.keys.min() }.min()
            // A bucket that arrived shows that the pair was born by then; one that did not shows nothing.
            let born = min(
                max(first.map { $0 - width } ?? .min, pair.birth.lowerBound.seconds), pair.birth.upperBound.seconds)
            for (dimensions, truth) in pair.truth {
                let key = SeriesKey(metric: pair.metric, resource: pair.resource, dimensions: dimensions)
                known.insert(key)
                compare(pair, key, truth, ledger.arrivals[key] ?? [:], born: born)
            }
        }
        for (key, arrivals) in ledger.arrivals where !known.contains(key) {
            for (end, arrival) in arrivals {
                add(.invented, key, end: end, expected: nil, arrival, note: "there is no such series")
            }
        }
        differences += ledger.conflicts
    }

    private mutating func compare(
        _ pair: PairExpectation, _ key: SeriesKey, _ truth: [Int64: Double], _ arrivals: [Int64: Arrival], born: Int64
    ) {
        let width = pair.grain.seconds
        for (start, value) in truth where start >= born && start + width <= pair.settledEnd.seconds {
            expectedCount += 1
            if arrivals[start + width] == nil { add(.lost, key, end: start + width, expected: value, nil) }
        }
        for (end, arrival) in arrivals {
            let expected = truth[end - width]
            if end - width < pair.birth.lowerBound.seconds {
                add(.invented, key, end: end, expected: expected, arrival, note: "before the pair's birth")
            } else if Timestamp(seconds: end) + pair.settle > arrival.at + Self.clockTolerance {
                add(.invented, key, end: end, expected: expected, arrival, note: "before it was settled")
            } else if let expected, expected == arrival.value {
                correctCount += 1
                if arrival.count > 1 { repeatedCount += 1 }
            } else {
                add(expected == nil ? .invented : .wrong, key, end: end, expected: expected, arrival)
            }
        }
    }

    private mutating func add(
        _ kind: Difference.Kind, _ key: SeriesKey, end: Int64, expected: Double?, _ arrival: Arrival?, note: String = ""
    ) {
        differences.append(
            Difference(
                kind: kind, series: key, bucketEnd: Timestamp(seconds: end), expected: expected,
                received: arrival?.value, at: arrival?.at, note: note))
    }

    /// How many differences are of `kind`.
    package func count(_ kind: Difference.Kind) -> Int { differences.lazy.filter { $0.kind == kind }.count }

    /// In an order that people can read: by series and time.
    package var sortedDifferences: [Difference] {
        differences.map { ($0.series.description, $0) }
            .sorted { ($0.1.kind.rawValue, $0.0, $0.1.bucketEnd) < ($1.1.kind.rawValue, $1.0, $1.1.bucketEnd) }
            .map(\.1)
    }
}
