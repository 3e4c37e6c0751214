import CMicroHTTPD

// The order of calls for one request: requestStarted, requestContinued (before the body, for each piece of it, and
// after it, and once more behind a delay), requestEnded. `request` carries the PendingRequest, retained, from the first to the last.

/// The first line has come.
func requestStarted(
    context: UnsafeMutableRawPointer?, target: UnsafePointer<CChar>?, connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    let target = target.map { String(cString: $0) } ?? ""
    return Unmanaged.passRetained(PendingRequest(target: target)).toOpaque()
}

/// The headers have come, or a piece of the body, or its end.
func requestContinued(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?, url: UnsafePointer<CChar>?,
    method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?, bytes: UnsafePointer<CChar>?,
    byteCount: UnsafeMutablePointer<Int>?, request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let connection, let method, let byteCount, let state = request?.pointee else { return .NO }
    let service = Unmanaged<Service>.fromOpaque(context).takeUnretainedValue()
    let pending = Unmanaged<PendingRequest>.fromOpaque(state).takeUnretainedValue()
    if !pending.hasStarted {
        pending.hasStarted = true
        let isHopeless = declaredLength(of: connection) > service.mostBytesRead
        return isHopeless ? reply(tooLarge(limit: service.maximumBodyBytes), to: connection) : .YES
    }
    if byteCount.pointee > 0 {
        let piece = UnsafeRawBufferPointer(start: bytes, count: byteCount.pointee)
        byteCount.pointee = 0
        return pending.receive(piece, limit: service.maximumBodyBytes, mostBytesRead: service.mostBytesRead)
            ? .YES : .NO
    }
    if pending.isTooLarge {
        return reply(tooLarge(limit: service.maximumBodyBytes), to: connection)
    }
    if let answer = pending.delayed { return reply(answer, to: connection) }
    let answer = service.handler(
        served(pending, method: method, scheme: service.scheme, connection: connection))
    guard answer.delay > .zero, service.waitingRoom.hold(connection, for: answer.delay) else {
        return reply(answer, to: connection)
    }
    // The daemon comes back here when the time is over.
    pending.delayed = answer
    return .YES
}

/// The answer has gone out, or the connection has ended before.
func requestEnded(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
    request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, how: MHD_RequestTerminationCode
) {
    guard let state = request?.pointee else { return }
    request?.pointee = nil
    Unmanaged<PendingRequest>.fromOpaque(state).release()
}

private func served(
    _ pending: PendingRequest, method: UnsafePointer<CChar>, scheme: String, connection: OpaquePointer
) -> ServedRequest {
    let (path, query) = pending.pathAndQuery
    let method = String(cString: method)
    return ServedRequest(
        method: method == "HEAD" ? "GET" : method, path: path, query: query, headers: headers(of: connection),
        body: pending.body, scheme: scheme)
}

private func headers(of connection: OpaquePointer) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    withUnsafeMutablePointer(to: &fields) { fields in
        _ = MHD_get_connection_values_n(connection, .HEADER_KIND, appendField, fields)
    }
    return fields
}

private func appendField(
    fields: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?, nameCount: Int,
    value: UnsafePointer<CChar>?, valueCount: Int
) -> MHD_Result {
    fields?.assumingMemoryBound(to: [(name: String, value: String)].self).pointee
        .append((text(name, nameCount), text(value, valueCount)))
    return .YES
}

private func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
}

private func declaredLength(of connection: OpaquePointer) -> Int {
    guard let length = MHD_lookup_connection_value(connection, .HEADER_KIND, "Content-Length") else { return 0 }
    return Int(String(cString: length)) ?? 0
}

private func tooLarge(limit: Int) -> ServedResponse {
    ServedResponse(
        status: 413, headers: [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")],
        body: Array("The request body is over \(limit) bytes; nothing of it was kept.\n".utf8))
}

/// Queues `answer`. An answer with a header that cannot be sent becomes a 500 that names it.
private func reply(_ answer: ServedResponse, to connection: OpaquePointer) -> MHD_Result {
    let response = answer.body.withUnsafeBytes { body in
        MHD_create_response_from_buffer(
            body.count, UnsafeMutableRawPointer(mutating: body.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let response else { return .NO }
    defer { MHD_destroy_response(response) }
    for (name, value) in answer.headers where !value.isEmpty {
        guard MHD_add_response_header(response, name, value) != .YES else { continue }
        return reply(invalid(header: name), to: connection)
    }
    return MHD_queue_response(connection, UInt32(clamping: answer.status), response)
}

private func invalid(header name: String) -> ServedResponse {
    ServedResponse(
        status: 500, headers: [("Content-Type", "text/plain; charset=utf-8")],
        body: Array("The header \(name) of the answer is not valid.\n".utf8))
}
