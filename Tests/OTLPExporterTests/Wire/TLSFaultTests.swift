import Foundation
import HTTPTransport
import TestServers
import Testing

@testable import OTLPExporter

/// TLS against nginx: what is wrong is said, nothing is lost, and files that change are read again.
@Suite(.certificates, .serialized, .timeLimit(.minutes(5))) struct TLSFaultTests {
    var certificates: Certificates { .current }

    private func settings(_ front: TLSFront, ca: String? = "ca", client: String? = nil) -> OTLPSettings {
        OTLPSettings(
            endpoint: "https://127.0.0.1:\(front.port)/v1/metrics",
            tls: TLSSettings(
                caFile: ca.map { certificates.path("\($0).pem") },
                clientCertificateFile: client.map { certificates.path("\($0).pem") },
                clientKeyFile: client == nil ? nil : certificates.path("key.pem")))
    }

    /// The server's certificate, the CA that is trusted, what must be said.
    static let untrusted: [(String, String?, String)] = [
        ("expired", "ca", "has expired"), ("elsewhere", "ca", "is for another host name"),
        ("good", "stranger", "comes from an unknown CA"), ("good", nil, "comes from an unknown CA"),
        ("good", "none", "the CA file cannot be used"),
    ]

    @Test("a server that is not trusted gets nothing, and is tried again", arguments: untrusted)
    func refuses(certificate: String, ca: String?, words: String) async throws {
        let collector = try ScriptedCollector([])
        let front = try await TLSFront(certificates, certificate: certificate, upstream: collector.port)
        let bench = WireBench(settings(front, ca: ca))
        try await bench.deliver([makeRow(4)]) { bench.waits.count >= 2 }
        #expect(collector.received.isEmpty)
        #expect(bench.exporter.statistics.queuedPoints == 4 && bench.exporter.statistics.droppedPoints == 0)
        #expect(bench.reasons.first?.contains(words) == true, "\(bench.reasons)")
        #expect(bench.reasons.first?.contains("https://127.0.0.1:\(front.port)") == true)
        withExtendedLifetime(front) {}
    }

    @Test("a client certificate opens the door, and its subject arrives")
    func clientCertificate() async throws {
        let collector = try ScriptedCollector([])
        let front = try await TLSFront(certificates, clientCA: "ca", upstream: collector.port)
        let bench = WireBench(settings(front, client: "client"))
        try await bench.deliver([makeRow(4)])
        #expect(collector.received.map { $0.values("X-Client") } == [["CN=client"]])
        withExtendedLifetime(front) {}
    }

    @Test("without its client certificate everything is held, whatever status says so", arguments: [nil, 403, 401])
    func noClientCertificate(refusal: Int?) async throws {
        let collector = try ScriptedCollector([])
        let front = try await TLSFront(certificates, clientCA: "ca", refusal: refusal, upstream: collector.port)
        let bench = WireBench(settings(front))
        let rows = try makeRows(resources: 0..<3, metrics: 2) + [makeRow(4)]
        try await bench.deliver(rows) { bench.waits.count >= 3 }
        #expect(collector.received.isEmpty)
        #expect(bench.exporter.statistics.queuedPoints == 10 && bench.exporter.statistics.droppedPoints == 0)
        #expect(bench.reasons.last?.contains("status \(refusal ?? 400)") == true, "\(bench.reasons)")
        withExtendedLifetime(front) {}
    }

    @Test("in the handshake itself: again", arguments: ["-tls1_2", "-tls1_3"])
    func handshake(version: String) async throws {
        let child = try Child(
            "openssl",
            [
                "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", "good.pem", "-key", "key.pem",
                "-Verify",
                "1", "-verify_return_error", "-CAfile", "ca.pem", version,
            ], in: certificates.folder.path)
        let port = try await child.line(startingWith: "ACCEPT ").split(separator: ":").last ?? ""
        let bench = WireBench(
            OTLPSettings(
                endpoint: "https://127.0.0.1:\(port)/v1/metrics",
                tls: TLSSettings(caFile: certificates.path("ca.pem"))))
        try await bench.deliver([makeRow(4)]) { bench.waits.count >= 2 }
        #expect(bench.reasons.first?.contains("client certificate") == true, "\(bench.reasons)")
        #expect(bench.exporter.statistics.queuedPoints == 4)
        withExtendedLifetime(child) {}
    }

    @Test("R4: a client certificate that is replaced is used at the next try, on a new connection")
    func renewedClient() async throws {
        let collector = try ScriptedCollector([])
        let front = try await TLSFront(certificates, clientCA: "ca", refusal: 403, upstream: collector.port)
        let file = certificates.path("mounted-\(UUID().uuidString).pem")
        // Signed by itself: the server does not know it.
        try FileManager.default.copyItem(atPath: certificates.path("stranger.pem"), toPath: file)
        let key = certificates.path("mounted-\(UUID().uuidString).key")
        try FileManager.default.copyItem(atPath: certificates.path("stranger.key"), toPath: key)
        var settings = settings(front)
        settings.tls.clientCertificateFile = file
        settings.tls.clientKeyFile = key
        let bench = WireBench(settings)
        try await bench.deliver([makeRow(4)]) { bench.waits.count >= 2 }
        #expect(collector.received.isEmpty)
        #expect(bench.reasons.allSatisfy { $0.contains("status 403") }, "\(bench.reasons)")

        try replace(file, with: "client.pem")
        try replace(key, with: "key.pem")
        try await bench.deliver([makeRow(1, bytes: [2])])
        #expect(collector.received.map { $0.values("X-Client") } == [["CN=client"], ["CN=client"]])
        #expect(bench.exporter.statistics.acceptedPoints == 5 && bench.exporter.statistics.droppedPoints == 0)
        let connections = Set(collector.received.flatMap { $0.values("X-Connection") })
        #expect(connections.count == 1, "what did not change keeps its connection")
        withExtendedLifetime(front) {}
    }

    @Test("R2: a CA that is replaced is trusted at the next try")
    func renewedCA() async throws {
        let collector = try ScriptedCollector([])
        let front = try await TLSFront(certificates, upstream: collector.port)
        let file = certificates.path("mounted-\(UUID().uuidString).pem")
        try FileManager.default.copyItem(atPath: certificates.path("stranger.pem"), toPath: file)
        var settings = settings(front)
        settings.tls.caFile = file
        let bench = WireBench(settings)
        try await bench.deliver([makeRow(4)]) { bench.waits.count >= 2 }
        #expect(collector.received.isEmpty)
        try replace(file, with: "ca.pem")
        try await bench.deliver([makeRow(1, bytes: [2])])
        #expect(collector.received.map(\.body) == [[1], [2]])
        withExtendedLifetime(front) {}
    }

    /// As a mounted secret changes: another file is moved to its place.
    private func replace(_ path: String, with name: String) throws {
        try FileManager.default.copyItem(atPath: certificates.path(name), toPath: path + ".new")
        try #require(rename(path + ".new", path) == 0)
    }
}
