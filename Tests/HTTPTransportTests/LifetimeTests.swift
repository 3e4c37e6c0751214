import MetricModel
import TestServers
import Testing

@testable import HTTPTransport

/// Cancelling, running out of time, shutting down.
@Suite(.timeLimit(.minutes(5)))
struct LifetimeTests {
    /// A server that reads one request a connection, answers nothing, and tells when the client has gone.
    private static func silentServer(arrived: Signal, left: Signal) throws -> RawServer {
        try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            arrived.fire()
            connection.waitForClose()
            left.fire()
        }
    }

    @Test func cancellingTheTaskFreesTheConnection() async throws {
        let (arrived, left) = (Signal(), Signal())
        let server = try Self.silentServer(arrived: arrived, left: left)
        let client = CurlClient(userAgent: "azimuth-test/1")
        let task = Task { try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/")) }
        await arrived.wait()
        task.cancel()
        let error = await #expect(throws: HTTPError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        await left.wait()
        // The client is none the worse for it.
        let next = try RawServer(answering: Array("HTTP/1.1 204 No Content\r\n\r\n".utf8))
        #expect(try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(next.port)/")).status == 204)
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = try RawServer { _ in }
        let client = CurlClient(userAgent: "azimuth-test/1")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/"))
        }
        let error = await #expect(throws: HTTPError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(server.acceptedConnections == 0)
    }

    @Test func cancelledIdsDoNotPileUp() {
        let inbox = Inbox()
        let (early, late) = (inbox.nextID(), inbox.nextID())
        inbox.cancel(early)
        inbox.cancel(late)
        #expect(inbox.collect().cancelled == [early, late])
        inbox.forget(early)
        #expect(inbox.collect().cancelled == [late])
        inbox.forget(late)
        #expect(inbox.collect().cancelled == [])
    }

    @Test func aNeverEndingAnswerEndsWithItsDeadline() async throws {
        let left = Signal()
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while connection.write("1\r\nx\r\n") {}
            left.fire()
        }
        let client = CurlClient(userAgent: "azimuth-test/1")
        let limits = HTTPLimits(total: .milliseconds(150), bodyBytes: .max)
        let clock = ContinuousClock()
        let start = clock.now
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/", limits: limits))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.reason.contains("bytes of body") == true)
        // Not before; that it ends at all is what the suite's time limit watches.
        #expect(clock.now - start >= .milliseconds(150))
        await left.wait()
    }

    @Test func waitingForAConnectionCountsTowardsTheDeadline() async throws {
        let (arrived, left) = (Signal(), Signal())
        let server = try Self.silentServer(arrived: arrived, left: left)
        let client = CurlClient(userAgent: "azimuth-test/1", maxConnectionsPerHost: 1)
        let url = "http://127.0.0.1:\(server.port)/"
        let first = Task { try await client.send(HTTPRequest(.get, url, limits: HTTPLimits(total: .zero))) }
        await arrived.wait()
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(.get, url, limits: HTTPLimits(total: .milliseconds(50))))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.reason.contains("nothing had come") == true)
        #expect(server.acceptedConnections == 1)
        first.cancel()
        await left.wait()
    }

    @Test func shutdownEndsWhatIsUnderWayAndTakesNothingNew() async throws {
        let (arrived, left) = (Signal(), Signal())
        let server = try Self.silentServer(arrived: arrived, left: left)
        let client = CurlClient(userAgent: "azimuth-test/1")
        let request = HTTPRequest(.get, "http://127.0.0.1:\(server.port)/")
        let task = Task { try await client.send(request) }
        await arrived.wait()
        client.shutdown()
        client.shutdown()
        let error = await #expect(throws: HTTPError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(error?.reason == "the HTTP client was shut down")
        await left.wait()
        let refused = await #expect(throws: HTTPError.self) { try await client.send(request) }
        #expect(refused?.code == .cancelled)
    }

    /// The kept-alive connection closes only when the thread has freed its handles, its last act.
    @Test func lettingGoOfTheClientEndsItsThread() async throws {
        let left = Signal()
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            connection.waitForClose()
            left.fire()
        }
        var client: CurlClient? = CurlClient(userAgent: "azimuth-test/1")
        #expect(try await client?.send(HTTPRequest(.get, "http://127.0.0.1:\(server.port)/")).status == 200)
        client = nil
        await left.wait()
    }
}
