import MetricModel

/// An absolute `http` or `https` URL to which paths are appended.
struct BaseURL: Sendable {
    /// Without a slash at the end.
    let text: String
    let isTLS: Bool
    /// Lower case, without port; an IPv6 address in brackets.
    let host: String

    /// `nil` without scheme or host, with a port that is none, and with user, query or fragment.
    init?(_ url: String) {
        let lowered = url.lowercased()
        isTLS = lowered.hasPrefix("https://")
        guard isTLS || lowered.hasPrefix("http://"), !url.unicodeScalars.contains(where: Self.isForeign) else {
            return nil
        }
        let afterScheme = lowered.dropFirst(isTLS ? 8 : 7)
        guard let host = Self.host(of: afterScheme.prefix { $0 != "/" }) else { return nil }
        self.host = String(host)
        var trimmed = url[...]
        while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        text = String(trimmed)
    }

    /// Whether the host is this machine.
    var isLoopback: Bool { LoopbackHost.matches(host) }

    /// Whether it begins a user, a query or a fragment, or is a blank.
    private static func isForeign(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "@", "?", "#": true
        // Nearly all: spares a look into Unicode's tables with every call.
        case "!"..."~": false
        default: scalar.properties.isWhitespace
        }
    }

    /// The host of `host:port`; `nil` when there is none, or when other than a port stands behind it.
    private static func host(of authority: Substring) -> Substring? {
        let end =
            authority.hasPrefix("[")
            ? authority.firstIndex(of: "]").map(authority.index(after:))
            : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let end, end > authority.startIndex else { return nil }
        let port = authority[end...]
        guard port.isEmpty || port.first == ":" && UInt16(port.dropFirst()) != nil else { return nil }
        return authority[..<end]
    }

    /// Host and port of any URL, for messages; the text itself when it has none. Never path or query.
    static func authority(of url: String) -> String {
        // By bytes: every call asks for it, and has a long query.
        let base = url.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard let isTLS = BaseURL(String(Substring(base)))?.isTLS else { return url }
        return String(Substring(base.dropFirst(isTLS ? 8 : 7).prefix { $0 != UInt8(ascii: "/") }))
    }
}
