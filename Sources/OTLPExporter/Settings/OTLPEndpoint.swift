/// Endpoint URLs, taken apart as far as OTLP needs it; what is kept is kept byte for byte.
enum OTLPEndpoint {
    private struct Parts {
        var scheme: Substring
        /// User, host and port.
        var authority: Substring
        /// With its leading slash; may be empty.
        var path: Substring
        /// With its question mark; may be empty.
        var query: Substring
    }

    private static func split(_ url: String) -> Parts? {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { return nil }
        let scheme = url[..<colon]
        guard ["http", "https"].contains(scheme.lowercased()) else { return nil }
        guard url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        let rest = url[url.index(colon, offsetBy: 3)...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let host = host(of: authority), !host.isEmpty else { return nil }
        let target = rest[authority.endIndex...]
        let path = target.prefix { $0 != "?" }
        return Parts(scheme: scheme, authority: authority, path: path, query: target[path.endIndex...])
    }

    /// The host of `user@host:port`; `nil` when the port is no number from 1 to 65535.
    private static func host(of authority: Substring) -> Substring? {
        let server = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        guard let colon = server.lastIndex(of: ":"), !server[colon...].contains("]") else { return server }
        guard let port = UInt16(server[server.index(after: colon)...]), port > 0 else { return nil }
        return server[..<colon]
    }

    /// `v1/metrics` below a base URL, with exactly one slash between; a query stays behind the path.
    ///
    /// Port 4317 of `http` is gRPC's, where nobody understands HTTP: 4318 is taken, and `movedFromGRPC` says so.
    /// - Returns: `nil` when it is no `http` or `https` URL with a host.
    static func metrics(below base: String) -> (url: String, movedFromGRPC: Bool)? {
        guard var parts = split(base) else { return nil }
        let moved = parts.scheme.lowercased() == "http" && parts.authority.hasSuffix(":4317")
        if moved { parts.authority = Substring(parts.authority.dropLast(4) + "4318") }
        while parts.path.hasSuffix("/") { parts.path = parts.path.dropLast() }
        return ("\(parts.scheme)://\(parts.authority)\(parts.path)/v1/metrics\(parts.query)", moved)
    }

    /// A URL that is used as it stands, except that an empty path becomes `/`. `nil` as above.
    static func exact(_ url: String) -> String? {
        guard let parts = split(url) else { return nil }
        guard parts.path.isEmpty else { return url }
        return "\(parts.scheme)://\(parts.authority)/\(parts.query)"
    }

    /// Without user, password and query.
    static func display(_ url: String) -> String {
        guard let parts = split(url) else { return "" }
        let server = parts.authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return "\(parts.scheme)://\(server)\(parts.path)"
    }
}
