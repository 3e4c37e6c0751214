/// What can be asked of a bucket. Raw values are the words of the query and of the answer.
public enum StoredAggregation: String, CaseIterable, Sendable {
    case average, minimum, maximum, total, count

    /// Reads the word in any case. `sum`, which `orderby` also takes, is `total`.
    init?(word: some StringProtocol) {
        let word = word.lowercased()
        guard let known = Self(rawValue: word == "sum" ? "total" : word) else { return nil }
        self = known
    }

    /// As metric definitions spell it: `Average`.
    public var definitionName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// Raw samples folded as Azure stores them. Folds of folds are exact, because a sample is a whole number of 1/64.
struct SampleFold: Equatable, Sendable {
    private(set) var sum: Double
    private(set) var count: Double
    private(set) var minimum: Double
    private(set) var maximum: Double

    /// One sample.
    init(sample: Double) {
        self.init(sum: sample, count: 1, minimum: sample, maximum: sample)
    }

    /// `count` events, each of value 1.
    init(events count: Double) {
        self.init(sum: count, count: count, minimum: 1, maximum: 1)
    }

    private init(sum: Double, count: Double, minimum: Double, maximum: Double) {
        self.sum = sum
        self.count = count
        self.minimum = minimum
        self.maximum = maximum
    }

    /// What Azure shows of a minute whose samples it is still waiting for: a zero that is none.
    static let falseZero = SampleFold(sum: 0, count: 0, minimum: 0, maximum: 0)

    /// Adds the samples of `other`.
    mutating func add(_ other: SampleFold) {
        sum += other.sum
        count += other.count
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
    }

    /// The value of `aggregation`; an average is always sum ÷ count, never stored.
    subscript(_ aggregation: StoredAggregation) -> Double {
        switch aggregation {
        case .average: count == 0 ? 0 : sum / count
        case .minimum: minimum
        case .maximum: maximum
        case .total: sum
        case .count: count
        }
    }
}
