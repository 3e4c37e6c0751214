/// One of the fields of a schedule: what it is called and which numbers it takes.
enum CronField: String, CaseIterable {
    case second, minute, hour
    case dayOfMonth = "day of month"
    case month
    case dayOfWeek = "day of week"

    /// The numbers that may be written. A week day is 0 to 7: both ends are Sunday.
    var range: ClosedRange<Int> {
        switch self {
        case .second, .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    /// Words for the numbers from the first on.
    var names: [String] {
        switch self {
        case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        default: []
        }
    }

    var isDay: Bool { self == .dayOfMonth || self == .dayOfWeek }
    /// Whether `*`, a range or a step in it makes the schedule one of intervals, which run through a repeated hour.
    var isTimeOfDay: Bool { self == .second || self == .minute || self == .hour }

    /// The numbers from `first` to `last` in steps; past the end it goes on at the beginning when `last` is the smaller one.
    func numbers(from first: Int, through last: Int, by step: Int) -> CronSet {
        var numbers = CronSet()
        let ends = self == .dayOfWeek && first > last ? 0...6 : range
        let start = ends.contains(first) ? first : ends.lowerBound
        let length = start <= last ? last - start : ends.count - (start - last)
        for distance in stride(from: 0, through: length, by: step) {
            numbers.insert(ends.lowerBound + (start - ends.lowerBound + distance) % ends.count)
        }
        return numbers
    }
}

/// Numbers from 0 to 63 that a field matches.
struct CronSet: Hashable, Sendable {
    private var bits: UInt64 = 0

    init() {}

    init(_ number: Int) { insert(number) }

    mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }

    mutating func remove(_ number: Int) { bits &= ~(1 << UInt64(number)) }

    mutating func formUnion(_ other: CronSet) { bits |= other.bits }

    var count: Int { bits.nonzeroBitCount }

    /// The largest member.
    var last: Int? { bits == 0 ? nil : 63 - bits.leadingZeroBitCount }

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    /// The smallest member that is not below `number`.
    func first(from number: Int) -> Int? {
        guard number < 64 else { return nil }
        let rest = bits >> UInt64(number)
        return rest == 0 ? nil : number + rest.trailingZeroBitCount
    }
}
