import CCurl
import MetricModel

/// Where a request goes: all of a URL that may stand in a message.
struct Endpoint: Sendable {
    let scheme: String
    /// Lower case, without a final dot; an IPv6 address in brackets.
    let host: String
    let port: String

    /// `scheme://host:port`.
    var description: String { "\(scheme)://\(host):\(port)" }

    /// Reads the absolute `http` or `https` URL of a request.
    ///
    /// - Throws: `.badRequest`, without the text of the URL, which may hold secrets.
    init(url: String) throws(HTTPError) {
        guard let parser = curl_url() else { throw Self.refused("out of memory") }
        defer { curl_url_cleanup(parser) }
        guard !url.utf8.contains(0) else { throw Self.refused("it contains a zero byte") }
        let code = curl_url_set(parser, CURLUPART_URL, url, 0)
        guard code == CURLUE_OK else { throw Self.refused(String(cString: curl_url_strerror(code))) }
        guard let scheme = Self.part(CURLUPART_SCHEME, of: parser), scheme == "http" || scheme == "https" else {
            throw Self.refused("only http and https are spoken")
        }
        guard let host = Self.part(CURLUPART_HOST, of: parser), !host.isEmpty,
            let port = Self.part(CURLUPART_PORT, of: parser)
        else { throw Self.refused("it names no host") }
        self.scheme = scheme
        self.host = (host.hasSuffix(".") ? String(host.dropLast()) : host).lowercased()
        self.port = port
    }

    /// Whether the host is below `.localhost`, which never goes to DNS (RFC 6761).
    var isBelowLocalhost: Bool { host.hasSuffix(".localhost") }

    /// Whether the request stays on this machine, judged by the name alone; a proxy is of no use then.
    var isLoopback: Bool { LoopbackHost.matches(host) }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func refused(_ reason: String) -> HTTPError {
        HTTPError(.badRequest, endpoint: "unusable URL", reason: "not an absolute http or https URL (\(reason))")
    }
}
