/// Spellings, additions and orders that a reader of Azure's JSON has to bear. None of them changes a value.
///
/// Which it is, is decided by series, bucket and oddity, so that every call shows the same.
struct OddContent: Sendable {
    /// What can be odd.
    enum Oddity: UInt64 {
        /// `1.25E+2` for 125.
        case exponent = 1
        /// `-0.0` for 0.
        case negativeZero
        /// `null` for a value that is not there.
        case explicitNull
        /// `"NaN"` for a value that is not there.
        case nanText
        /// Fields that nobody knows, one of them 2⁵³ + 1, which no Double is.
        case unknownFields
        /// A unit that nobody knows.
        case unknownUnit
        /// An aggregation that nobody knows, in a definition.
        case unknownAggregation
        /// A point that is there twice.
        case duplicate
        /// Points in no order.
        case unsorted
        /// Points before and after the window that was asked for.
        case outside
    }

    /// How often each of them happens where it can, 0 to 1.
    let share: Double
    /// Of the metric of a resource.
    let hash: UInt64

    /// Whether `oddity` happens at `place`, such as the start of a bucket.
    func has(_ oddity: Oddity, at place: Int64 = 0) -> Bool {
        share > 0 && fraction(spread(hash ^ spread(UInt64(bitPattern: place) ^ oddity.rawValue << 56))) < share
    }

    /// The unit of a metric, or another one.
    func unit(_ unit: String) -> String { has(.unknownUnit) ? "FurlongsPerFortnight" : unit }

    /// Writes what ``MetricsRoute/head(of:)`` is, sometimes with a unit and fields that nobody knows.
    func writeHead(of metric: SimulatedMetric, to json: inout JSONWriter) {
        var metric = metric
        metric.unit = unit(metric.unit)
        json.opened(MetricsRoute.head(of: metric)[...])
        writeUnknownFields(to: &json)
    }

    /// Writes fields that nobody knows, sometimes.
    func writeUnknownFields(at place: Int64 = 0, to json: inout JSONWriter) {
        guard has(.unknownFields, at: place) else { return }
        json.field("sequenceNumber", (1 << 53) + 1)
        json.field("annotations") { json in
            json.array { json in
                json.object { json in
                    json.field("kind", "Vintage")
                    json.field("text") { $0.null() }
                }
            }
        }
    }

    /// Writes the value of the bucket that starts at `place`; `nil` = a null.
    func write(_ name: String, _ value: Double?, at place: Int64, to json: inout JSONWriter) {
        switch value {
        case let value? where value == 0 && has(.negativeZero, at: place): json.field(name) { $0.literal("-0.0") }
        case let value? where has(.exponent, at: place): json.field(name) { $0.literal(Self.exponential(value)) }
        case let value?: json.field(name, value)
        case nil where has(.nanText, at: place): json.field(name, "NaN")
        case nil where has(.explicitNull, at: place): json.field(name) { $0.null() }
        case nil: break
        }
    }

    /// `value`, which is finite, as `1.25E+2`: the same digits, so that it is read as the same number.
    static func exponential(_ value: Double) -> String {
        let parts = value.magnitude.description.split(separator: "e")
        let sides = parts[0].split(separator: ".")
        let digits = sides.joined()
        let leading = digits.prefix { $0 == "0" }.count
        var significant = digits.dropFirst(leading)
        while significant.last == "0" { significant.removeLast() }
        guard let first = significant.first else { return value.sign == .minus ? "-0E+0" : "0E+0" }
        let exponent = sides[0].count - 1 - leading + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        let rest = significant.dropFirst()
        return (value < 0 ? "-" : "") + "\(first)" + (rest.isEmpty ? "" : ".\(rest)")
            + (exponent < 0 ? "E\(exponent)" : "E+\(exponent)")
    }
}
