import HTTPServer

/// Answers that a server may honestly send and that are no JSON, or too much of it.
extension ServedResponse {
    /// What a gateway in front of Azure says for itself.
    static let htmlPage = ServedResponse(
        status: 502, headers: [("Content-Type", "text/html")],
        body: Array("<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n".utf8))

    /// A 200 that says nothing.
    static let emptyBody = ServedResponse(status: 200, headers: [("Content-Type", "application/json; charset=utf-8")])

    /// The first half of it, as a 200.
    var cutInHalf: ServedResponse {
        var copy = self
        copy.status = 200
        copy.body = Array(body.prefix(body.count / 2))
        return copy
    }

    /// The same JSON behind `count` blanks.
    func behindBlanks(_ count: Int) -> ServedResponse {
        var copy = self
        copy.body = Array(repeating: UInt8(ascii: " "), count: count) + body
        return copy
    }
}
