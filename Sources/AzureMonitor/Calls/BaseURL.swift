/// An absolute `http` or `https` URL to which paths are appended.
struct BaseURL: Sendable {
    /// Without a slash at the end.
    let text: String
    let isTLS: Bool
    /// Lower case, without port and brackets.
    let host: String

    /// `nil` without scheme or host, and with user, query or fragment.
    init?(_ url: String) {
        let lowered = url.lowercased()
        isTLS = lowered.hasPrefix("https://")
        guard isTLS || lowered.hasPrefix("http://"), !url.contains(where: { "@?#".contains($0) || $0.isWhitespace })
        else { return nil }
        let afterScheme = lowered.dropFirst(isTLS ? 8 : 7)
        let authority = afterScheme.prefix { $0 != "/" }
        if authority.hasPrefix("[") {
            host = String(authority.dropFirst().prefix { $0 != "]" })
        } else {
            host = String(authority.prefix { $0 != ":" })
        }
        guard !host.isEmpty else { return nil }
        var trimmed = url[...]
        while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        text = String(trimmed)
    }

    /// Whether the host is this machine: `localhost`, names below it, `127.0.0.0/8` and `::1`.
    var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    /// Host and port of any URL, for messages; the text itself when it has none. Never path or query.
    static func authority(of url: String) -> String {
        guard let scheme = BaseURL(String(url.prefix { $0 != "?" }))?.isTLS else { return url }
        return String(url.dropFirst(scheme ? 8 : 7).prefix { $0 != "/" && $0 != "?" })
    }
}
