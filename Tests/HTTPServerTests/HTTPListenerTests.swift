import Foundation
import HTTPServer
import HTTPTransport
import MetricModel
import Testing

/// Starting, stopping, and what lies between.
@Suite(.timeLimit(.minutes(5)))
struct HTTPListenerTests {
    let client = CurlClient(userAgent: "azimuth-test/1")

    @Test func aTakenPortIsNamed() throws {
        let first = try HTTPListener { _ in ServedResponse(status: 200) }
        defer { first.stop() }
        let error = #expect(throws: HTTPListenerError.self) {
            try HTTPListener(port: first.port) { _ in ServedResponse(status: 200) }
        }
        #expect(error?.code == .portTaken)
        #expect(error?.message.contains("127.0.0.1:\(first.port)") == true)
    }

    @Test(arguments: ["nothing.invalid", "192.0.2.1"])
    func aHostThatIsNotThisMachineIsNamed(host: String) throws {
        let error = #expect(throws: HTTPListenerError.self) {
            try HTTPListener(host: host) { _ in ServedResponse(status: 200) }
        }
        #expect(error?.code == .noSuchHost)
        #expect(error?.message.contains(host) == true)
    }

    @Test(arguments: ["127.0.0.1", "localhost", "0.0.0.0"])
    func everyKindOfAddressIsServed(host: String) async throws {
        let server = try HTTPListener(host: host) { _ in ServedResponse(status: 204) }
        defer { server.stop() }
        #expect(try await client.send(HTTPRequest(.get, "http://localhost:\(server.port)/")).status == 204)
    }

    /// An address of this machine on which no other test listens: a port that is let go of stays free.
    private static let ownHost = "127.0.0.63"

    /// The handler ends only after the stop has begun; the stop returns only after the handler has ended.
    @Test func noHandlerRunsAfterTheStop() async throws {
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        let isStopping = DispatchSemaphore(value: 0)
        let hasEnded = Lock(false)
        let server = try HTTPListener(host: Self.ownHost) { _ in
            arrival.yield()
            isStopping.wait()
            hasEnded.withLock { $0 = true }
            return ServedResponse(status: 200)
        }
        let (port, client) = (server.port, client)
        async let answer = try? client.send(HTTPRequest(.get, "http://\(Self.ownHost):\(port)/"))
        for await _ in arrivals { break }
        isStopping.signal()
        server.stop()
        #expect(hasEnded.withLock { $0 })
        server.stop()
        _ = await answer
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(.get, "http://\(Self.ownHost):\(port)/"))
        }
        #expect(error?.code == .unreachable)
        try HTTPListener(host: Self.ownHost, port: port) { _ in ServedResponse(status: 200) }.stop()
    }

    @Test func aWaitingHandlerDoesNotHoldUpOthers() async throws {
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        let mayEnd = DispatchSemaphore(value: 0)
        let server = try HTTPListener { request in
            if request.path == "/slow" {
                arrival.yield()
                mayEnd.wait()
            }
            return ServedResponse(status: 200)
        }
        defer {
            mayEnd.signal()
            server.stop()
        }
        let (port, client) = (server.port, client)
        async let slow = client.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/slow"))
        for await _ in arrivals { break }
        #expect(try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/fast")).status == 200)
        mayEnd.signal()
        #expect(try await slow.status == 200)
    }

    @Test func lettingGoOfTheListenerClosesThePort() async throws {
        var server: HTTPListener? = try HTTPListener(host: Self.ownHost) { _ in ServedResponse(status: 200) }
        let port = try #require(server?.port)
        server = nil
        // Nobody else has the port: it can be had again.
        try HTTPListener(host: Self.ownHost, port: port) { _ in ServedResponse(status: 200) }.stop()
    }
}

/// What a handler gets, and what a client gets from it.
@Suite(.timeLimit(.minutes(5)))
struct ServedMessageTests {
    let client = CurlClient(userAgent: "azimuth-test/1")

    @Test(arguments: [
        ("/", "/", ""), ("/a%2Fb%20c/../d", "/a%2Fb%20c/../d", ""), ("/a?", "/a", ""),
        ("/a?x=%26&y=+&z=?&x=1", "/a", "x=%26&y=+&z=?&x=1"), ("/\(String(repeating: "p", count: 8_000))?q", nil, "q"),
    ])
    func pathAndQueryComeAsSent(target: String, path: String?, query: String) async throws {
        let server = try HTTPListener { request in
            ServedResponse(status: 200, body: Array("\(request.path) \(request.query)".utf8))
        }
        defer { server.stop() }
        let answer = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)\(target)"))
        #expect(answer.body.text == "\(path ?? String(target.dropLast(2))) \(query)")
    }

    @Test func headersComeAllAndInOrder() async throws {
        let server = try HTTPListener { request in
            .json(request.headers.map { "\($0.name)=\($0.value)" }.joined(separator: "|"))
        }
        defer { server.stop() }
        let text = try RawClient(port: server.port).exchange(
            "GET / HTTP/1.1\r\nHost: h\r\nX-B: 2\r\nX-A: 1\r\nx-b: 3\r\nConnection: close\r\n\r\n")
        #expect(text.hasSuffix("\r\n\r\nHost=h|X-B=2|X-A=1|x-b=3|Connection=close"))
        #expect(text.contains("Content-Type: application/json; charset=utf-8\r\n"))
    }

    @Test func headIsGetWithoutTheBody() async throws {
        let server = try HTTPListener { ServedResponse(status: 200, body: Array("\($0.method) body".utf8)) }
        defer { server.stop() }
        let text = try RawClient(port: server.port).exchange("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(text.contains("Content-Length: 8\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: ["PUT", "DELETE", "OPTIONS", "PATCH"])
    func otherMethodsReachTheHandler(method: String) async throws {
        let server = try HTTPListener { ServedResponse(status: 200, body: Array($0.method.utf8)) }
        defer { server.stop() }
        let text = try RawClient(port: server.port).exchange(
            "\(method) / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(text.hasSuffix("\r\n\r\n\(method)"))
    }

    @Test func chunkedBodiesAreJoined() async throws {
        let server = try HTTPListener(maximumBodyBytes: 6) { ServedResponse(status: 200, body: $0.body) }
        defer { server.stop() }
        let head = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        let fitting = try RawClient(port: server.port).exchange(head + "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")
        #expect(fitting.hasSuffix("\r\n\r\nabcdef"))
        let tooLong = try RawClient(port: server.port).exchange(head + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
        #expect(tooLong.hasPrefix("HTTP/1.1 413 "))
    }

    @Test(arguments: [0, 1, 100_000, 3_000_000])
    func theBodyLimitHoldsToTheByte(limit: Int) async throws {
        let handled = Lock<[Int]>([])
        let server = try HTTPListener(maximumBodyBytes: limit) { request in
            handled.withLock { $0.append(request.body.count) }
            return ServedResponse(status: 200)
        }
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)/"
        let body = [UInt8](repeating: 0, count: limit + 1)
        #expect(try await client.send(HTTPRequest(.post, url, body: body.dropLast())).status == 200)
        let refused = try await client.send(HTTPRequest(.post, url, body: body))
        #expect(refused.status == 413)
        #expect(refused.headers["connection"] == "close")
        #expect(handled.withLock { $0 } == [limit])
    }

    @Test func aHopelesslyLongBodyIsRefusedBeforeItComes() async throws {
        let server = try HTTPListener(maximumBodyBytes: 10) { _ in ServedResponse(status: 200) }
        defer { server.stop() }
        let text = try RawClient(port: server.port).exchange(
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000000\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 413 "))
    }

    @Test(arguments: [true, false]) func theDateIsTheServersOrTheHandlers(sendsDate: Bool) async throws {
        let own = "Mon, 01 Jan 2024 00:00:00 GMT"
        let server = try HTTPListener(sendsDate: sendsDate) { request in
            ServedResponse(status: 200, headers: request.path == "/own" ? [("Date", own)] : [])
        }
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)"
        #expect(try await (client.send(HTTPRequest(.get, "\(url)/")).headers["date"] != nil) == sendsDate)
        #expect(try await client.send(HTTPRequest(.get, "\(url)/own")).headers["date"] == own)
    }

    @Test func aHeaderThatCannotBeSentIsA500() async throws {
        let server = try HTTPListener { _ in ServedResponse(status: 200, headers: [("X-Bad", "a\r\nX-Worse: b")]) }
        defer { server.stop() }
        let answer = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/"))
        #expect(answer.status == 500)
        #expect(answer.headers["x-worse"] == nil)
        #expect(answer.body.text.contains("X-Bad"))
    }

    @Test func anUnknownVersionReachesNoHandler() throws {
        let count = Lock(0)
        let server = try HTTPListener { _ in
            count.withLock { $0 += 1 }
            return ServedResponse(status: 200)
        }
        defer { server.stop() }
        let answer = try RawClient(port: server.port).exchange("GET / HTTP/9.9\r\nHost: h\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 505 "))
        #expect(count.withLock { $0 } == 0)
    }

    /// One thread serves both, and the delay is longer than the test may take.
    @Test func aDelayedAnswerHoldsUpNobodyElse() async throws {
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        let server = try HTTPListener(threads: 1) { request in
            guard request.path == "/slow" else { return ServedResponse(status: 204) }
            arrival.yield()
            return ServedResponse(status: 200, delay: .seconds(86_400))
        }
        let (port, client) = (server.port, client)
        async let slow = try? client.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/slow"))
        for await _ in arrivals { break }
        #expect(try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/fast")).status == 204)
        // The stop lets it out; whether it still gets its answer is open.
        server.stop()
        let status = await slow?.status
        #expect(status == nil || status == 200)
    }

    @Test func aDelayedAnswerComesWholeAfterItsTime() async throws {
        let delay = Duration.milliseconds(50)
        let server = try HTTPListener { request in
            ServedResponse(status: 200, body: request.body, delay: request.path == "/slow" ? delay : .zero)
        }
        defer { server.stop() }
        let body = [UInt8](repeating: 7, count: 100_000)
        let start = ContinuousClock.now
        let answer = try await client.send(HTTPRequest(.post, "http://127.0.0.1:\(server.port)/slow", body: body))
        #expect(ContinuousClock.now - start >= delay)
        #expect(answer.body.withUnsafeBytes { $0.elementsEqual(body) })
        // The connection goes on.
        #expect(try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/")).status == 200)
    }

    @Test func aClientThatGoesDuringTheDelayDoesNoHarm() async throws {
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        let server = try HTTPListener(threads: 1) { request in
            arrival.yield()
            return ServedResponse(status: 200, delay: request.path == "/slow" ? .milliseconds(50) : .zero)
        }
        defer { server.stop() }
        let (port, client) = (server.port, client)
        let task = Task { try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/slow")) }
        for await _ in arrivals { break }
        task.cancel()
        _ = await task.result
        for _ in 0..<20 {
            #expect(try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/slow")).status == 200)
        }
    }
}
