/// The width of one bucket: Azure Monitor's time grain, `PT1M` to `P1D`.
public struct TimeGrain: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Whole seconds, at least 1. Azure's finest is 60.
    public let seconds: Int64

    /// A grain of `seconds` seconds, or `nil` when that is not positive.
    public init?(seconds: Int64) {
        guard seconds > 0 else { return nil }
        self.seconds = seconds
    }

    private init(known seconds: Int64) { self.seconds = seconds }

    /// One minute, the finest that Azure Monitor has.
    public static let oneMinute = TimeGrain(known: 60)
    /// Five minutes, Promitor's default.
    public static let fiveMinutes = TimeGrain(known: 300)
    /// One hour.
    public static let oneHour = TimeGrain(known: 3600)

    /// The grain as a length of time.
    public var duration: Duration { .seconds(seconds) }

    public static func < (left: TimeGrain, right: TimeGrain) -> Bool { left.seconds < right.seconds }

    /// ISO 8601 as Azure spells it: `PT1M`, `PT1H`, `P1D`.
    public var description: String {
        if seconds % 86_400 == 0 { return "P\(seconds / 86_400)D" }
        var text = "PT"
        if seconds >= 3600 { text += "\(seconds / 3600)H" }
        if seconds / 60 % 60 > 0 { text += "\(seconds / 60 % 60)M" }
        if seconds % 60 > 0 { text += "\(seconds % 60)S" }
        return text
    }

    /// Reads `PT1M`, `PT1H30M`, `P1D`, ignoring case. `nil` for anything else, weeks, months, fractions and zero included.
    public init?(iso8601 text: some StringProtocol) {
        var total: Int64 = 0
        var number: Int64?
        var inTime = false
        var bytes = Array(text.uppercased().utf8)[...]
        guard bytes.popFirst() == UInt8(ascii: "P") else { return nil }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let digit = Int64(byte - UInt8(ascii: "0"))
                guard (number ?? 0) < 1_000_000 else { return nil }
                number = (number ?? 0) * 10 + digit
                continue
            case UInt8(ascii: "T"):
                guard !inTime, number == nil else { return nil }
                inTime = true
                continue
            case UInt8(ascii: "D"):
                guard !inTime, let value = number else { return nil }
                total += value * 86_400
            case UInt8(ascii: "H"):
                guard inTime, let value = number else { return nil }
                total += value * 3600
            case UInt8(ascii: "M"):
                guard inTime, let value = number else { return nil }
                total += value * 60
            case UInt8(ascii: "S"):
                guard inTime, let value = number else { return nil }
                total += value
            default: return nil
            }
            number = nil
        }
        guard number == nil else { return nil }
        self.init(seconds: total)
    }
}
