import Gzip
import HTTPServer
import MetricModel
import TestServers
import Testing

@testable import OTLPReceiver

/// Every key of `metricSinks.openTelemetryCollector`, from the file to the wire, through the built program.
@Suite(.certificates, .timeLimit(.minutes(5))) struct CollectorKeyTests {
    /// A collector that keeps what it gets, as it was on the wire.
    final class WireRecorder: LocalServer {
        private let listener: HTTPListener
        private let requests: Lock<[ServedRequest]>

        /// The first requests are answered with these statuses, all others with 200.
        init(_ statuses: [Int] = []) throws {
            let requests = Lock<[ServedRequest]>([])
            self.requests = requests
            listener = try HTTPListener { request in
                let number = requests.withLock { all in
                    all.append(request)
                    return all.count - 1
                }
                return ServedResponse(status: number < statuses.count ? statuses[number] : 200)
            }
        }

        var baseURL: String { "http://127.0.0.1:\(listener.port)" }
        var port: UInt16 { listener.port }
        var received: [ServedRequest] { requests.withLock { $0 } }

        /// Everything that came, as one.
        func decoded() throws -> DecodedRequest {
            try received.reduce(into: DecodedRequest()) { all, request in
                let isCompressed = request.header("Content-Encoding") == "gzip"
                let body = isCompressed ? try Gzip.decompress(request.body, limit: 1 << 20) : request.body
                all.points += try MetricsDecoder.decode(body).points
            }
        }
    }

    /// What the program sent with `keys` beside `collectorUri`, to a collector with these first answers.
    private func run(
        _ keys: String, answers: [Int] = [], path: String = "", scheme: String? = nil
    ) async throws -> (recorder: WireRecorder, ended: Ended) {
        let recorder = try WireRecorder(answers)
        let folder = try AgentFolder(azure: FaultyAzure(), collector: recorder)
        let url = scheme ?? recorder.baseURL
        let section = ["collectorUri: \(url)\(path)"] + keys.split(separator: "\n").map { "    " + $0 }
        try folder.edit("runtime.yaml", "collectorUri: \(recorder.baseURL)", section.joined(separator: "\n"))
        let ended = try await folder.azimuth(["run", "--once", "--flush-timeout", "10s"])
        #expect(ended.status == 0, "\(ended)")
        return (recorder, ended)
    }

    @Test("without further keys: one POST below collectorUri, protobuf, gzip, our User-Agent")
    func plain() async throws {
        let (recorder, _) = try await run("")
        let request = try #require(recorder.received.first)
        #expect(recorder.received.allSatisfy { $0.method == "POST" && $0.path == "/v1/metrics" })
        #expect(request.header("Content-Type") == "application/x-protobuf")
        #expect(request.header("Content-Encoding") == "gzip")
        #expect(request.header("User-Agent")?.hasPrefix("OTel-OTLP-Exporter-Swift/") == true)
        #expect(request.header("Content-Length") == "\(request.body.count)")
        #expect(try recorder.decoded().points.count == 4)
    }

    @Test("collectorUri: v1/metrics goes below its path, with one slash", arguments: ["/otel", "/otel/"])
    func collectorURI(path: String) async throws {
        let (recorder, _) = try await run("", path: path)
        #expect(Set(recorder.received.map(\.path)) == ["/otel/v1/metrics"])
    }

    @Test("headers: on every request, the repeated one too")
    func headers() async throws {
        let keys = "headers: {X-Scope-OrgID: shop, authorization: Bearer t0p-s3cret, user-agent: mine/1}"
        let (recorder, ended) = try await run(keys, answers: [503])
        #expect(recorder.received.count >= 2)
        for request in recorder.received {
            #expect(request.header("X-Scope-OrgID") == "shop")
            #expect(request.header("Authorization") == "Bearer t0p-s3cret")
            #expect(request.headers.filter { $0.name.lowercased() == "user-agent" }.map(\.value) == ["mine/1"])
        }
        #expect(recorder.received[0].body == recorder.received[1].body)
        expectNoSecret(in: ended, secret: "t0p-s3cret")
    }

    @Test("compression: none sends plain protobuf, gzip says so", arguments: ["none", "gzip"])
    func compression(word: String) async throws {
        let (recorder, _) = try await run("compression: \(word)")
        #expect(recorder.received.allSatisfy { $0.header("Content-Encoding") == (word == "gzip" ? "gzip" : nil) })
        #expect(try recorder.decoded().points.count == 4)
    }

    @Test("timeout: a collector that does not answer is given up after it, and tried again")
    func timeout() async throws {
        let hung = Lock(false)
        let server = try RawServer { connection in
            while let head = connection.readRequest() {
                let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                let length = line.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
                _ = connection.read(length)
                let isFirst = hung.withLock { hung in
                    defer { hung = true }
                    return !hung
                }
                if isFirst { return connection.waitForClose() }
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
        }
        let (recorder, ended) = try await run("timeout: 00:00:01", scheme: "http://127.0.0.1:\(server.port)")
        #expect(recorder.received.isEmpty)
        #expect(ended.errors.contains { $0.contains("no whole answer within 1.0 seconds") }, "\(ended)")
    }

    @Test(
        "layout: resource puts the identity on the OTLP resource, flat on the points", arguments: ["resource", "flat"])
    func layout(word: String) async throws {
        let points = try await run("layout: \(word)").recorder.decoded().points
        #expect(points.count == 4)
        for point in points {
            #expect((point.resourceAttribute("cloud.resource_id") != nil) == (word == "resource"))
            #expect((point.attribute("resource_uri") != nil) == (word == "flat"))
            #expect((point.attribute("instance_name") != nil) == (word == "flat"))
        }
    }

    @Test("timestamp: which end of the bucket is the time", arguments: ["end", "start"])
    func timestamp(word: String) async throws {
        let points = try await run("timestamp: \(word)").recorder.decoded().points
        #expect(points.count == 4)
        #expect(points.allSatisfy { $0.time - $0.startTime == (word == "end" ? .seconds(60) : .zero) })
    }

    @Test("serviceName, serviceNamespace: on every OTLP resource")
    func service() async throws {
        let points = try await run("serviceName: azure-metrics\nserviceNamespace: shop").recorder.decoded().points
        #expect(points.count == 4)
        #expect(points.allSatisfy { $0.resourceAttribute("service.name") == "azure-metrics" })
        #expect(points.allSatisfy { $0.resourceAttribute("service.namespace") == "shop" })
        #expect(Set(points.map { $0.resourceAttribute("service.instance.id") }).count == 3)
    }

    @Test(
        "retryStatus: the status asks to wait, and says nothing about the points",
        arguments: ["[500]", "500", "'408,500'"])
    func retryStatus(list: String) async throws {
        let (recorder, ended) = try await run("retryStatus: \(list)", answers: [500, 500])
        #expect(Set(recorder.received.prefix(3).map(\.body)).count == 1)
        #expect(ended.errors.contains { $0.contains("cannot be reached or asks to wait") }, "\(ended)")
        #expect(!ended.errors.contains { $0.contains("refuses") }, "\(ended)")
    }

    /// Keys with the files of the test's certificates behind an `@`, the CA that nginx asks for, and whom it sees.
    static let certificates: [(keys: String, clientCA: String?, subject: String)] = [
        ("caFile: @ca.pem", nil, ""),
        ("caFile: @ca.pem, clientCertificateFile: @client.pem, clientKeyFile: @key.pem", "ca", "CN=client"),
    ]

    @Test("tls: the CA that is trusted, and the certificate that is shown", arguments: certificates)
    func tls(keys: String, clientCA: String?, subject: String) async throws {
        let recorder = try WireRecorder()
        let front = try await TLSFront(.current, clientCA: clientCA, upstream: recorder.port)
        let folder = try AgentFolder(azure: FaultyAzure(), collector: recorder)
        let files = keys.replacing("@", with: Certificates.current.path("") + "/")
        try folder.edit("runtime.yaml", recorder.baseURL, "https://127.0.0.1:\(front.port)\n    tls: {\(files)}")
        let ended = try await folder.azimuth(["run", "--once"])
        #expect(ended.status == 0, "\(ended)")
        #expect(try recorder.decoded().points.count == 4)
        #expect(recorder.received.allSatisfy { ($0.header("X-Client") ?? "") == subject })
        withExtendedLifetime(front) {}
    }

    @Test("tls: a client certificate that is missing is named, and nothing is lost")
    func noClientCertificate() async throws {
        let recorder = try WireRecorder()
        let front = try await TLSFront(.current, clientCA: "ca", refusal: 403, upstream: recorder.port)
        let folder = try AgentFolder(azure: FaultyAzure(), collector: recorder)
        try folder.edit(
            "runtime.yaml", recorder.baseURL,
            "https://127.0.0.1:\(front.port)\n    tls: {caFile: \(Certificates.current.path("ca.pem"))}")
        let ended = try await folder.azimuth(["run", "--once", "--flush-timeout", "1s"])
        #expect(ended.status == 1 && recorder.received.isEmpty, "\(ended)")
        #expect(ended.errors.contains { $0.contains("The collector refuses everything") && $0.contains("status 403") })
        withExtendedLifetime(front) {}
    }
}
