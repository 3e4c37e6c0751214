import COTLP
import HTTPTransport

/// The body of a failure, made fit for a log.
enum StatusBody {
    /// `status 400: the message of the body`; only the status when the body says nothing.
    static func reason(of response: HTTPResponse) -> String {
        let message = message(of: response)
        return "status \(response.status)" + (message.isEmpty ? "" : ": " + message)
    }

    /// The message of a `google.rpc.Status`, or the body as text where it is none.
    private static func message(of response: HTTPResponse) -> String {
        let type = response.headers["Content-Type"]?.lowercased() ?? ""
        if type.isEmpty || type.hasPrefix("application/x-protobuf") || type.hasPrefix("application/protobuf") {
            if let message = decoded(response.body), !message.isEmpty { return printable(message) }
        }
        return response.body.withUnsafeBytes { printable(String(decoding: $0.prefix(4 << 10), as: UTF8.self)) }
    }

    private static func decoded(_ body: HTTPBody) -> String? {
        body.withUnsafeBytes { bytes in
            guard
                let status = otlp__status__unpack(
                    nil, bytes.count, bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
            else { return nil }
            defer { otlp__status__free_unpacked(status, nil) }
            return status.pointee.message.map { String(cString: $0) }
        }
    }

    /// At most 1 KiB of `text` on one line: control characters and runs of white space become one space.
    static func printable(_ text: String) -> String {
        var result = ""
        var size = 0
        var needsSpace = false
        for character in text {
            let isBlank = character.unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0.value < 0x20 }
            if isBlank || character.unicodeScalars.contains(where: { (0x7f...0x9f).contains($0.value) }) {
                needsSpace = !result.isEmpty
                continue
            }
            size += character.utf8.count + (needsSpace ? 1 : 0)
            if size > 1024 { break }
            if needsSpace { result.append(" ") }
            needsSpace = false
            result.append(character)
        }
        return result
    }
}
