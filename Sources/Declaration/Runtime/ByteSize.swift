/// A size as `256MiB`, `100MB`, `1.5 GiB` or plain bytes, whatever its case; the `B` may be left out, as Kubernetes does.
struct ByteSize: Equatable {
    let bytes: Int

    private static let units: [(name: String, bytes: Double)] = [
        ("ki", 0x1p10), ("mi", 0x1p20), ("gi", 0x1p30), ("ti", 0x1p40),
        ("k", 1e3), ("m", 1e6), ("g", 1e9), ("t", 1e12), ("", 1),
    ]

    /// Reads `text`; `nil` for what is no size, negative or above 1,024 TiB.
    init?(_ text: String) {
        var name = text.trimmingBlanks.lowercased()
        if name.hasSuffix("b") { name.removeLast() }
        guard let unit = Self.units.first(where: { name.hasSuffix($0.name) }) else { return nil }
        let number = String(name.dropLast(unit.name.count)).trimmingBlanks
        guard number.first?.isNumber == true, number.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }),
            let value = Double(number), value * unit.bytes <= 0x1p50
        else { return nil }
        bytes = Int(value * unit.bytes)
    }
}
