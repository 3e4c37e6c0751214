/// Units in the Unified Code for Units of Measure, as OTLP wants them.
public enum UCUM {
    /// The unit for Azure Monitor's word for it; values stay as Azure gives them.
    ///
    /// A count is `{count}`, not `1`: receivers take a gauge of unit `1` for a ratio. A word that is not known becomes
    /// an annotation, and nothing at all when it could not stand in one.
    public static func unit(azure word: String) -> String {
        switch word.lowercased() {
        case "count": "{count}"
        case "bytes": "By"
        case "seconds": "s"
        case "milliseconds": "ms"
        case "percent": "%"
        case "countpersecond": "{count}/s"
        case "bytespersecond": "By/s"
        case "bitspersecond": "bit/s"
        case "byteseconds": "By.s"
        case "cores": "{core}"
        // `m{core}` would be a metre: UCUM has no prefix for an annotation.
        case "millicores": "{millicore}"
        case "nanocores": "{nanocore}"
        case "", "unspecified": ""
        default: isAnnotation(word) ? "{\(word)}" : ""
        }
    }

    private static func isAnnotation(_ word: String) -> Bool {
        word.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "}") }
    }
}
