/// Which headers of one's own may be set.
enum OTLPHeader {
    /// Set by the exporter or the HTTP client; another value would make the request unreadable.
    private static let reserved: Set<String> = [
        "connection", "content-encoding", "content-length", "content-type", "expect", "host", "transfer-encoding",
    ]

    static func isReserved(_ name: String) -> Bool { reserved.contains(name.lowercased()) }
}
