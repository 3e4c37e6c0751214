import Foundation
import Gzip
import TestServers

/// Answers that are no whole answers, in raw bytes.
enum BrokenAnswers {
    /// The head of a good answer with these fields.
    static func head(_ fields: String...) -> String {
        (["HTTP/1.1 200 OK", "Content-Type: application/json"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// What Azure might have begun to say.
    static let beginning = #"{"cost":1,"interval":"PT1M","value":[{"id":"/subscriptions/0b1f"#

    /// Fewer bytes than announced, then the end.
    static let lengthTooLong: RawAzure.Script = { $0.write(head("Content-Length: 4711") + beginning) }

    /// More bytes than announced.
    static let lengthTooShort: RawAzure.Script = { connection in
        connection.write(head("Content-Length: \(beginning.utf8.count)") + beginning + #"1f6471"}]}"#)
    }

    /// Cut off, by somebody who then counted it right.
    static let truncated: RawAzure.Script = { connection in
        connection.write(head("Content-Length: \(beginning.utf8.count)") + beginning)
    }

    /// RST in the middle.
    static let reset: RawAzure.Script = { connection in
        connection.write(head("Content-Length: 4711") + beginning)
        connection.reset()
    }

    /// RST before anything.
    static let resetBeforeHeaders: RawAzure.Script = { $0.reset() }

    /// The last chunk is missing.
    static let unfinishedChunks: RawAzure.Script = { connection in
        let size = String(beginning.utf8.count, radix: 16)
        connection.write(head("Transfer-Encoding: chunked") + "\(size)\r\n\(beginning)\r\n")
    }

    /// Whole, of the right length, and one byte of the stream is another.
    static let damagedGzip: RawAzure.Script = { connection in
        guard var body = try? Gzip.compress(Array(String(repeating: beginning, count: 40).utf8)) else { return }
        body[body.count / 2] ^= 0x55
        connection.write(Array(head("Content-Encoding: gzip", "Content-Length: \(body.count)").utf8) + body)
    }

    /// Some kilobytes that unpack to `megabytes`.
    static func bomb(megabytes: Int) -> RawAzure.Script {
        { connection in
            guard let member = try? Gzip.compress([UInt8](repeating: 0x20, count: 1 << 20)) else { return }
            let length = member.count * megabytes
            guard connection.write(head("Content-Encoding: gzip", "Content-Length: \(length)")) else { return }
            for _ in 0..<megabytes where !connection.write(member) { return }
        }
    }

    /// So many megabytes of blanks, as announced.
    static func huge(megabytes: Int) -> RawAzure.Script {
        { connection in
            let piece = [UInt8](repeating: 0x20, count: 1 << 20)
            guard connection.write(head("Content-Length: \(megabytes << 20)")) else { return }
            for _ in 0..<megabytes where !connection.write(piece) { return }
        }
    }

    /// One chunk after the other until the client has had enough.
    static let neverEnding: RawAzure.Script = { connection in
        let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0x20, count: 1 << 16) + Array("\r\n".utf8)
        guard connection.write(head("Transfer-Encoding: chunked")) else { return }
        while connection.write(chunk) {}
    }

    /// One blank after the other, with a pause after each, until the client has had enough.
    static let drip: RawAzure.Script = { connection in
        guard connection.write(head("Transfer-Encoding: chunked")) else { return }
        while connection.write("1\r\n \r\n") { usleep(20_000) }
    }

    /// One byte of the head after the other.
    static let slowHeaders: RawAzure.Script = { connection in
        guard connection.write("HTTP/1.1 200 OK\r\nX-Slow: ") else { return }
        while connection.write("x") { usleep(20_000) }
    }
}
