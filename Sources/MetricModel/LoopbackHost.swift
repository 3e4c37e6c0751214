/// Which hosts are this machine. The one rule for everything that hangs on it: plain http, proxies, tokens.
public enum LoopbackHost {
    /// Whether `host` is this machine by its text alone; no resolver is asked.
    ///
    /// True for `localhost`, names below it (RFC 6761), `127.0.0.0/8` in four plain decimal numbers, and `::1`. What
    /// another parser may read in another way (`127.1`, `127.0.0.01`, `localhost.`, a port, a percent sign) is not.
    /// - Parameter host: A URL's host without port, in any case; an IPv6 address with or without brackets.
    public static func matches(_ host: some StringProtocol) -> Bool {
        let host = host.lowercased()
        if host == "::1" || host == "[::1]" { return true }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        if labels.last == "localhost" { return labels.allSatisfy(isNameLabel) }
        return labels.count == 4 && labels[0] == "127" && labels.allSatisfy(isDecimalByte)
    }

    private static func isNameLabel(_ label: Substring) -> Bool {
        !label.isEmpty
            && label.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// No sign, and no leading zero, which some parsers take for octal.
    private static func isDecimalByte(_ label: Substring) -> Bool {
        UInt8(label).map { String($0) == label } ?? false
    }
}
