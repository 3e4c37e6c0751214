/// Numbers for a table: the same count of decimals in a column, so that their points stand below each other.
package enum NumberText {
    /// More are noise for a reader; `json` has them all.
    private static let mostDecimals = 3
    private static let factors: [Double] = [1, 10, 100, 1000]

    /// The least decimals, up to three, that show `values` as they are.
    package static func decimals(for values: some Sequence<Double>) -> Int {
        values.reduce(0) { most, value in
            let needed = (0..<mostDecimals).first { (value * factors[$0]).rounded() == value * factors[$0] }
            return max(most, needed ?? mostDecimals)
        }
    }

    /// `value` with so many decimals (0 to 3); very large and very small ones with an exponent.
    package static func text(_ value: Double, decimals: Int) -> String {
        let scaled = (value * factors[decimals]).rounded()
        let isTiny = value != 0 && scaled == 0
        guard value.isFinite, abs(scaled) < 1e15, !isTiny else { return "\(value)" }
        let digits = String(Int64(abs(scaled)))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = scaled < 0 ? "-" : ""
        if decimals == 0 { return sign + padded }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
