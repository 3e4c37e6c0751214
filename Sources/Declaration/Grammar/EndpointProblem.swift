import MetricModel

/// Why a text cannot be the address of a cloud.
struct EndpointProblem: Equatable {
    let message: String
    let fix: String

    /// The problem of `text`, or `nil` when it is an `https` URL, or an `http` URL of this machine.
    init?(of text: String) {
        let lowercased = text.lowercased()
        let isPlain = lowercased.hasPrefix("http://")
        guard isPlain || lowercased.hasPrefix("https://") else {
            self.init(message: "must be an absolute URL, not `\(text)`", fix: "write `https://` and the host")
            return
        }
        let authority = lowercased.dropFirst(isPlain ? 7 : 8).prefix { !"/?#".contains($0) }
        guard !text.contains(where: { $0.isWhitespace || $0 == "\\" }), let host = Self.host(of: authority)
        else {
            self.init(message: "is not the URL of a host", fix: "write `https://` and the host, without user or spaces")
            return
        }
        guard !text.contains(where: { "?#".contains($0) }) else {
            self.init(
                message: "has a query or a fragment, and paths are appended to it", fix: "end it before `?` or `#`")
            return
        }
        guard isPlain, !LoopbackHost.matches(host) else { return nil }
        self.init(
            message: "uses plain http: tokens would cross the network in clear text",
            fix: "write `https://`; plain http is for this machine only (localhost, 127.0.0.1, ::1, *.localhost)")
    }

    /// Whether `text` is a host name, perhaps with a port: `core.windows.net`, `localhost:8090`.
    static func isHost(_ text: String) -> Bool {
        let lowercased = text.lowercased()
        guard let host = host(of: lowercased[...]), host.first != "[" else { return false }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    private init(message: String, fix: String) {
        self.message = message
        self.fix = fix
    }

    /// The host without port, an IPv6 address in brackets; `nil` when there is none or the port is no number.
    private static func host(of authority: Substring) -> Substring? {
        let end: Substring.Index
        if authority.first == "[" {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            end = authority.index(after: bracket)
        } else {
            end = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let port = authority[end...]
        guard port.isEmpty || port.first == ":" && UInt16(port.dropFirst()) != nil else { return nil }
        let host = authority[..<end]
        let name = host.first == "[" ? host.dropFirst().dropLast() : host
        // Anything else (user@, %2F, \) is read differently by different parsers.
        guard !name.isEmpty, name.utf8.allSatisfy(isHostByte) else { return nil }
        return host
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: [".", "-", "_", ":"].contains(Unicode.Scalar(byte))
        }
    }
}
