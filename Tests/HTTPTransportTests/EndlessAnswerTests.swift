import Foundation
import HTTPTransport
import MetricModel
import TestServers
import Testing

/// Answers that never end, fast and slow: time and size are bounded whatever the server does.
@Suite(.timeLimit(.minutes(5)))
struct EndlessAnswerTests {
    let client = CurlClient(userAgent: "azimuth-test/1")

    /// What a server repeats after it has said `head`, and how the client ends it.
    struct Endless: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let head: String
        let piece: String
        /// Between two pieces.
        var pause: Duration = .zero
        let code: HTTPError.Code
        let words: String
        var status: Int?
    }

    private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    private static let blanks = String(repeating: " ", count: 4_096)

    static let endless = [
        Endless(
            testDescription: "chunks", head: chunked, piece: "1000\r\n\(blanks)\r\n", code: .bodyTooLarge,
            words: "over the limit of 1048576 bytes", status: 200),
        Endless(
            testDescription: "a length beyond all memory",
            head: "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n", piece: blanks, code: .bodyTooLarge,
            words: "over the limit of 1048576 bytes", status: 200),
        Endless(
            testDescription: "no length at all", head: "HTTP/1.1 200 OK\r\n\r\n", piece: blanks, code: .bodyTooLarge,
            words: "over the limit of 1048576 bytes", status: 200),
        Endless(
            testDescription: "header after header", head: "HTTP/1.1 200 OK\r\n", piece: "X: \(blanks)\r\n",
            code: .interrupted, words: "headers of the answer are over the limit"),
        Endless(
            testDescription: "interim answer after interim answer", head: "",
            piece: "HTTP/1.1 103 Hints\r\nX: 1\r\n\r\n",
            code: .interrupted, words: "headers of the answer are over the limit"),
        Endless(
            testDescription: "a drip of chunks", head: chunked, piece: "1\r\n \r\n", pause: .milliseconds(10),
            code: .timedOut, words: "bytes of body had come", status: 200),
        Endless(
            testDescription: "a drip of headers", head: "HTTP/1.1 200 OK\r\nX: ", piece: "x", pause: .milliseconds(10),
            code: .timedOut, words: "no whole answer within 0.5 seconds"),
        Endless(
            testDescription: "a drip before the first line ends", head: "HTTP/1.1 200 ", piece: "O",
            pause: .milliseconds(10), code: .timedOut, words: "nothing had come"),
    ]

    @Test(arguments: endless) func itIsEndedByALimit(answer: Endless) async throws {
        let server = try RawServer { connection in
            guard connection.readRequest() != nil, connection.write(answer.head) else { return }
            while connection.write(answer.piece) {
                if answer.pause > .zero { usleep(UInt32(answer.pause / .microseconds(1))) }
            }
        }
        // Only what drips may run into the time.
        let limits = HTTPLimits(
            total: answer.pause > .zero ? .milliseconds(500) : .seconds(50), bodyBytes: 1 << 20)
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/", limits: limits))
        }
        #expect(error?.code == answer.code)
        #expect(error?.reason.contains(answer.words) == true, "\(error?.reason ?? "")")
        #expect(error?.status == answer.status)
    }

    /// What comes behind the announced end must not become the next answer.
    @Test func whatComesBehindTheEndIsNobodysAnswer() async throws {
        let server = try RawServer { connection in
            while let request = connection.readRequest() {
                let isFirst = request.hasPrefix("GET /first ")
                let surplus = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright" + (isFirst ? surplus : ""))
            }
        }
        for _ in 0..<20 {
            let first = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/first"))
            #expect(first.body.text == "right")
            let second = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/second"))
            #expect(second.body.text == "right")
        }
    }

    /// The large answer waits for its end and holds the allowance; the next large one has none left, a small one needs none.
    @Test func largeAnswersShareAnAllowance() async throws {
        let (waiting, waits) = AsyncStream<Void>.makeStream()
        let goOn = DispatchSemaphore(value: 0)
        let megabyte = [UInt8](repeating: 0x20, count: 1 << 20)
        let server = try RawServer { connection in
            guard let request = connection.readRequest() else { return }
            let size = request.split(separator: "/")[1].prefix { $0.isNumber }
            let megabytes = Int(size) ?? 0
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(megabytes << 20)\r\n\r\n")
            for _ in 1..<megabytes { connection.write(megabyte) }
            if megabytes == 30 {
                waits.yield()
                goOn.wait()
            }
            connection.write(megabyte)
        }
        // Room for one: blocks double, and 32 MiB are 28 above what is free.
        let client = CurlClient(userAgent: "azimuth-test/1", largeBodyBytes: 28 << 20)
        let url = "http://127.0.0.1:\(server.port)"
        async let held = client.send(HTTPRequest(.get, url + "/30"))
        // 29 MiB have been written; sockets hold less than 13 of them, so the client's block is one of 32 MiB.
        for await _ in waiting { break }
        let error = await #expect(throws: HTTPError.self) { try await client.send(HTTPRequest(.get, url + "/6")) }
        #expect(error?.code == .bodyTooLarge)
        #expect(error?.reason.contains("while other large answers come in") == true, "\(error?.reason ?? "")")
        #expect(try await client.send(HTTPRequest(.get, url + "/4")).body.count == 4 << 20)
        goOn.signal()
        #expect(try await held.body.count == 30 << 20)
        // What it held is free again.
        goOn.signal()
        #expect(try await client.send(HTTPRequest(.get, url + "/30")).body.count == 30 << 20)
    }
}
