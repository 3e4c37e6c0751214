import CCurl

#if canImport(Glibc)
    import Glibc
#endif

/// One request on one libcurl handle, which is its own. Only the event loop's thread touches it.
final class Transfer {
    let job: Job
    let handle: UnsafeMutableRawPointer
    let body = UnsafeMutablePointer<azimuth_body>.allocate(capacity: 1)
    /// libcurl's own words about a failure.
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    var requestFields: UnsafeMutablePointer<curl_slist>?
    var addresses: UnsafeMutablePointer<curl_slist>?
    private var sentBytes = 0

    init(_ job: Job, handle: UnsafeMutableRawPointer) {
        self.job = job
        self.handle = handle
        body.initialize(to: azimuth_body())
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    /// The job's id, as `configure` left it with the handle.
    static func id(of handle: UnsafeMutableRawPointer) -> UInt64 {
        var pointer: UnsafeMutableRawPointer?
        azimuth_easy_get_pointer(handle, CURLINFO_PRIVATE, &pointer)
        return UInt64(UInt(bitPattern: pointer))
    }

    /// Copies the next bytes of the request body to `buffer`.
    func upload(to buffer: UnsafeMutableRawBufferPointer) -> Int {
        let bytes = job.request.body
        let count = min(buffer.count, bytes.count - sentBytes)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sentBytes..<sentBytes + count]))
        }
        sentBytes += count
        return count
    }

    /// libcurl starts the request anew on another connection.
    func rewind(to offset: Int) -> Bool {
        guard (0...job.request.body.count).contains(offset) else { return false }
        sentBytes = offset
        return true
    }

    /// What became of the transfer that libcurl ended with `code`.
    func result(for code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        guard code == CURLE_OK else { return .failure(error(for: code)) }
        azimuth_body_finish(body)
        guard body.pointee.problem == AZIMUTH_BODY_FINE else { return .failure(error(for: CURLE_WRITE_ERROR)) }
        let status = number(CURLINFO_RESPONSE_CODE)
        // libcurl reads `HTTP/20 x` as an answer of HTTP/2 without a status.
        guard (100...999).contains(status) else {
            return .failure(error(.interrupted, "the server's answer has no status, so it is not HTTP"))
        }
        let whole = HTTPBody(adopting: UnsafeMutableRawPointer(body.pointee.bytes), count: body.pointee.count)
        body.pointee.bytes = nil
        return .success(
            HTTPResponse(
                status: status, headers: responseFields, body: whole,
                version: HTTPVersion(curl: number(CURLINFO_HTTP_VERSION))))
    }

    /// How far the transfer came within its time.
    var lateness: String {
        let received = body.pointee.count
        let progress = received == 0 && body.pointee.header_bytes == 0 ? "nothing" : "\(received) bytes of body"
        return "no whole answer within \(job.request.limits.total); \(progress) had come"
    }

    /// Of the final answer; interim answers and a proxy's are left out.
    var responseFields: HTTPHeaders {
        var fields = HTTPHeaders()
        var previous: UnsafeMutablePointer<curl_header>?
        while let field = curl_easy_nextheader(handle, UInt32(CURLH_HEADER), -1, previous) {
            fields.append(String(cString: field.pointee.name), String(cString: field.pointee.value))
            previous = field
        }
        return fields
    }

    /// A number that libcurl knows about the transfer; 0 when it does not.
    func number(_ info: CURLINFO) -> Int {
        var value = 0
        azimuth_easy_get_long(handle, info, &value)
        return value
    }

    /// The handle must be out of the multi handle by now.
    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(requestFields)
        curl_slist_free_all(addresses)
        azimuth_body_free(body)
        body.deallocate()
        message.deallocate()
    }
}

extension HTTPVersion {
    fileprivate init(curl version: Int) {
        switch version {
        case Int(CURL_HTTP_VERSION_1_0): self = .http1_0
        case Int(CURL_HTTP_VERSION_2_0): self = .http2
        default: self = .http1_1
        }
    }
}
