import CCurl

#if canImport(Glibc)
    import Glibc
#endif

extension Transfer {
    /// The error for a transfer that libcurl ended with `code`.
    func error(for code: CURLcode) -> HTTPError {
        let (kind, words) = code == CURLE_WRITE_ERROR ? refusedBody : explain(code)
        return error(kind, words)
    }

    /// An error with the status and the header fields of the answer, as far as they came.
    func error(_ code: HTTPError.Code, _ reason: String) -> HTTPError {
        let status = number(CURLINFO_RESPONSE_CODE)
        // Below 200 the real answer was yet to come.
        guard body.pointee.has_headers, status >= 200 else {
            return HTTPError(code, endpoint: job.endpoint.description, reason: reason)
        }
        return HTTPError(
            code, endpoint: job.endpoint.description, reason: reason, status: status, headers: responseFields)
    }

    /// Why our own callbacks stopped the transfer.
    private var refusedBody: (HTTPError.Code, String) {
        switch body.pointee.problem {
        case AZIMUTH_BODY_TOO_LARGE:
            (.bodyTooLarge, "the body of the answer is over the limit of \(job.request.limits.bodyBytes) bytes")
        case AZIMUTH_BODY_NO_ALLOWANCE:
            (
                .bodyTooLarge,
                "the body of the answer is too large while other large answers come in: \(body.pointee.count) bytes had come"
            )
        case AZIMUTH_BODY_DAMAGED:
            (.damagedBody, "the body of the answer is damaged gzip data")
        case AZIMUTH_BODY_UNKNOWN_ENCODING:
            (.damagedBody, "the body of the answer is compressed in another way than gzip")
        case AZIMUTH_BODY_HEADERS_TOO_LARGE:
            (.interrupted, "the headers of the answer are over the limit of \(AZIMUTH_HEADER_LIMIT) bytes")
        case AZIMUTH_BODY_HEADERS_CUT_OFF:
            (.interrupted, "the server closed the connection within the headers of the answer")
        default:
            (.interrupted, "out of memory while the answer came in")
        }
    }

    private func explain(_ code: CURLcode) -> (HTTPError.Code, String) {
        let words = libraryWords(for: code)
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return (.unresolved, "the host has no address (\(words))")
        case CURLE_COULDNT_RESOLVE_PROXY: return (.unresolved, "the proxy has no address (\(words))")
        case CURLE_COULDNT_CONNECT: return (.unreachable, "\(connectFailure) (\(words))")
        case CURLE_OPERATION_TIMEDOUT: return connectTimeout(words)
        case CURLE_SSL_CACERT_BADFILE: return (.badRequest, "the CA file cannot be used (\(words))")
        case CURLE_SSL_CERTPROBLEM: return (.badRequest, "the client certificate or its key cannot be used (\(words))")
        case CURLE_URL_MALFORMAT: return (.badRequest, "the URL cannot be used (\(words))")
        case CURLE_BAD_CONTENT_ENCODING: return (.damagedBody, "the body does not decompress (\(words))")
        case CURLE_PARTIAL_FILE: return (.interrupted, "the answer ended before its length (\(words))")
        case CURLE_GOT_NOTHING: return (.interrupted, "the server closed the connection without an answer (\(words))")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            return (.interrupted, "the server does not speak HTTP (\(words))")
        case CURLE_PEER_FAILED_VERIFICATION: return (.tls, "\(verificationFailure(words)) (\(words))")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
            return (.tls, "\(handshakeFailure(words)) (\(words))")
        default: return interruption(words)
        }
    }

    /// What the system said to the last attempt.
    private var connectFailure: String {
        let code = Int32(truncatingIfNeeded: number(CURLINFO_OS_ERRNO))
        guard code != 0, let text = strerror(code) else { return "no connection" }
        return code == ECONNREFUSED
            ? "connection refused: nobody listens there" : "no connection: \(String(cString: text))"
    }

    /// Only `HTTPLimits.connect` is left to libcurl's clock; the total is the event loop's.
    private func connectTimeout(_ words: String) -> (HTTPError.Code, String) {
        var lookup: curl_off_t = 0
        azimuth_easy_get_size(handle, CURLINFO_NAMELOOKUP_TIME_T, &lookup)
        let limit = job.request.limits.connect
        return lookup == 0
            ? (.unresolved, "no address within \(limit) (\(words))")
            : (.unreachable, "no connection within \(limit) (\(words))")
    }

    /// Reset, broken framing and the like; a proxy that refuses to connect and a late TLS alert end here too.
    private func interruption(_ words: String) -> (HTTPError.Code, String) {
        let proxyStatus = number(CURLINFO_HTTP_CONNECTCODE)
        if proxyStatus != 0, proxyStatus != 200 {
            return (.unreachable, "the proxy refused with status \(proxyStatus) (\(words))")
        }
        // TLS 1.3: the server judges the client's certificate when the client takes the handshake for over.
        if words.contains("alert") { return (.tls, "\(handshakeFailure(words)) (\(words))") }
        return (.interrupted, "the connection broke off (\(words))")
    }

    private func verificationFailure(_ words: String) -> String {
        // OpenSSL counts a certificate for another host as fine; the name is libcurl's check.
        if words.contains("target host name") { return "the server's certificate is for another host name" }
        return switch number(CURLINFO_SSL_VERIFYRESULT) {
        case 9: "the server's certificate is not valid yet"
        case 10: "the server's certificate has expired"
        case 2, 18, 19, 20, 21: "the server's certificate comes from an unknown CA"
        default: "the server's certificate was not accepted"
        }
    }

    private func handshakeFailure(_ words: String) -> String {
        if words.contains("certificate required") { return "the server requires a client certificate" }
        if words.contains("protocol version") || words.contains("unsupported protocol") {
            return "the server offers no TLS 1.2 or newer"
        }
        if words.contains("alert") {
            return "the server refused the TLS handshake; it may require another client certificate"
        }
        if words.contains("wrong version number") { return "the server does not speak TLS on this port" }
        return "the TLS handshake failed"
    }

    private func libraryWords(for code: CURLcode) -> String {
        let written = String(cString: message)
        return written.isEmpty ? String(cString: curl_easy_strerror(code)) : written
    }
}
