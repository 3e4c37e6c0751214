import CCurl

extension Transfer {
    /// Prepares the handle, which must be new or reset, for the job's request.
    ///
    /// - Parameter allowance: Must outlive the transfer.
    /// - Returns: The first code that is not `CURLE_OK`.
    func configure(userAgent: String, allowance: UnsafeMutablePointer<azimuth_allowance>) -> CURLcode {
        var options = Options(handle: handle)
        let (request, endpoint) = (job.request, job.endpoint)
        options.set(CURLOPT_PRIVATE, UnsafeMutableRawPointer(bitPattern: UInt(job.id)))
        options.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(message))
        options.set(CURLOPT_NOSIGNAL, 1)
        // Without it libcurl waits for a name lookup that nobody wants any more.
        options.set(CURLOPT_QUICK_EXIT, 1)
        options.set(CURLOPT_URL, request.url)
        options.set(CURLOPT_PATH_AS_IS, 1)
        options.set(CURLOPT_PROTOCOLS_STR, "http,https")
        options.set(CURLOPT_USERAGENT, userAgent)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, max(request.limits.connect.wholeMilliseconds, 1))
        // Below the 60 s after which collectors close an idle connection.
        options.set(CURLOPT_MAXAGE_CONN, 50)
        options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // An answer about 50 resources comes in one piece instead of four.
        options.set(CURLOPT_BUFFERSIZE, 64 * 1024)
        // Decompression is ours, see `azimuth_body`.
        options.set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        options.note(azimuth_body_attach(body, handle, max(request.limits.bodyBytes, 0), allowance))
        configureRoute(endpoint, hasBody: !request.body.isEmpty, &options)
        configureTLS(request.tls, &options)
        configureMessage(request, &options)
        return options.firstFailure
    }

    private func configureRoute(_ endpoint: Endpoint, hasBody: Bool, _ options: inout Options) {
        // A body goes out over HTTP/1.1: when an HTTP/2 server answers with 2xx before it has read all of it, libcurl
        // 7.88 loses the answer or spins until the deadline. One upload at a time gains nothing from sharing anyway.
        // To wait for a connection that may turn out to be shareable makes sense over TLS only: without it, HTTP/2 never
        // comes, and libcurl would hold all requests back until the first is answered.
        let mayShare = endpoint.scheme == "https" && !hasBody
        options.set(CURLOPT_HTTP_VERSION, Int(mayShare ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        options.set(CURLOPT_PIPEWAIT, mayShare ? 1 : 0)
        if endpoint.isLoopback { options.set(CURLOPT_PROXY, "") }
        if endpoint.isBelowLocalhost {
            addresses = curl_slist_append(nil, "\(endpoint.host):\(endpoint.port):127.0.0.1")
            options.set(CURLOPT_RESOLVE, addresses)
        }
    }

    private func configureTLS(_ tls: TLSSettings, _ options: inout Options) {
        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        options.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // By their content: libcurl opens a new connection when it differs, and would not notice that a file changed.
        if let caFile = tls.caFile {
            options.set(CURLOPT_CAINFO_BLOB, PEMFile.read(caFile), otherwise: CURLE_SSL_CACERT_BADFILE)
            // Else the system's would be trusted as well.
            options.set(CURLOPT_CAINFO, String?.none)
            options.set(CURLOPT_CAPATH, String?.none)
        } else if let caFile = TrustStore.unusableFile {
            // Fails, and libcurl says which file it was.
            options.set(CURLOPT_CAINFO, caFile)
        } else if let (folder, bundle) = TrustStore.places {
            options.note(azimuth_easy_trust(handle, folder, bundle))
        } else {
            let (folder, bundle) = TrustStore.named
            if let folder { options.set(CURLOPT_CAPATH, String(cString: folder)) }
            if let bundle { options.set(CURLOPT_CAINFO, String(cString: bundle)) }
        }
        if let certificate = tls.clientCertificateFile {
            options.set(CURLOPT_SSLCERT_BLOB, PEMFile.read(certificate), otherwise: CURLE_SSL_CERTPROBLEM)
        }
        if let key = tls.clientKeyFile {
            options.set(CURLOPT_SSLKEY_BLOB, PEMFile.read(key), otherwise: CURLE_SSL_CERTPROBLEM)
        }
    }

    private func configureMessage(_ request: HTTPRequest, _ options: inout Options) {
        requestFields = headerLines(of: request).reduce(nil) { curl_slist_append($0, $1) }
        options.set(CURLOPT_HTTPHEADER, requestFields)
        switch request.method {
        case .get:
            options.set(CURLOPT_HTTPGET, 1)
        case .post:
            let context = Unmanaged.passUnretained(self).toOpaque()
            options.note(
                azimuth_easy_set_upload(handle, readRequestBody, rewindRequestBody, context, request.body.count))
        }
    }
}

/// libcurl's form of the headers, with those of ours that the request does not set itself.
private func headerLines(of request: HTTPRequest) -> [String] {
    let given = Set(request.headers.map { $0.name.lowercased() })
    // A semicolon instead of the colon is libcurl's sign for an empty value.
    var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    if !given.contains("accept-encoding") { lines.append("Accept-Encoding: gzip") }
    // A colon and no value takes out what libcurl would add: a wait for "100 Continue", and the type of a web form.
    if !given.contains("expect") { lines.append("Expect:") }
    if request.method == .post, !given.contains("content-type") { lines.append("Content-Type:") }
    return lines
}

/// Sets options and remembers the first refusal.
private struct Options {
    let handle: UnsafeMutableRawPointer
    private(set) var firstFailure = CURLE_OK

    init(handle: UnsafeMutableRawPointer) {
        self.handle = handle
    }

    mutating func note(_ code: CURLcode) {
        if firstFailure == CURLE_OK { firstFailure = code }
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        note(azimuth_easy_set_long(handle, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: String?) {
        note(azimuth_easy_set_string(handle, option, value))
    }

    /// libcurl keeps a copy. Without bytes the transfer is refused with `problem`.
    mutating func set(_ option: CURLoption, _ bytes: [UInt8]?, otherwise problem: CURLcode) {
        guard let bytes else { return note(problem) }
        note(bytes.withUnsafeBytes { azimuth_easy_set_blob(handle, option, $0.baseAddress, $0.count) })
    }

    mutating func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        note(azimuth_easy_set_pointer(handle, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>?) {
        note(azimuth_easy_set_list(handle, option, value))
    }
}

private func readRequestBody(
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.upload(to: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

private func rewindRequestBody(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.rewind(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}

extension Duration {
    /// Rounded down, at most what fits a C `long`.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let (milliseconds, overflow) = Int(seconds).multipliedReportingOverflow(by: 1_000)
        return overflow ? Int.max : milliseconds + Int(attoseconds / 1_000_000_000_000_000)
    }
}
