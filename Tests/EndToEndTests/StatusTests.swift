import Foundation
import FoundationNetworking
import HTTPServer
import TestServers
import Testing

/// `azimuth status` and the port it asks, with the built binary.
@Suite(.timeLimit(.minutes(5))) struct StatusTests {
    /// `azimuth run` and where its log says that it listens.
    private func running(_ folder: AgentFolder) async throws -> (agent: Child, base: String) {
        let agent = try folder.start(["run"])
        let start = try #require(await agent.nextErrorLine(with: " info Azimuth starts "))
        let health = try #require(start.split(separator: " ").first { $0.hasPrefix("health=") }, "\(start)")
        return (agent, String(health.dropFirst("health=".count)).replacingOccurrences(of: "/api/v1/health", with: ""))
    }

    private func status(_ arguments: [String], environment: [String: String] = [:]) async throws -> Ended {
        let ended = try await Child(Paths.azimuth, ["status"] + arguments, environment: environment).ended()
        expectNoSecret(in: ended)
        return ended
    }

    /// Asks until the answer is `isWanted`, for at most a minute. A process has the machine's clock, and nothing to be told by.
    private func status(_ arguments: [String], until isWanted: (Ended) -> Bool) async throws -> Ended {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let ended = try await status(arguments)
            if isWanted(ended) || ContinuousClock.now > deadline { return ended }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    @Test("0 and words once data has flowed")
    func healthy() async throws {
        let folder = try AgentFolder(azure: FaultyAzure(), collector: Recorder())
        let (agent, base) = try await running(folder)
        let ended = try await status(["--url", base]) { $0.status == 0 }
        #expect(ended.status == 0 && ended.errors.isEmpty && ended.output.count == 7, "\(ended)")
        #expect(ended.output.first == "Healthy")
        #expect(ended.output.contains("last completed cycle: Healthy"))
        #expect(ended.output.contains { $0.contains(" of 3 metric-resources read") || $0.contains("1 of 1 metric") })
        #expect(ended.output.contains { $0.contains("/v1/metrics took ") && $0.contains(" ago") }, "\(ended)")
        #expect(!ended.output.contains { $0.contains("what to do") })

        let json = try await status(["--url", base + "/", "--format", "json"])
        #expect(json.status == 0 && json.output.count == 1)
        #expect(try JSONLine(#require(json.output.first))["status"] == "Healthy")

        agent.signal(SIGTERM)
        #expect(try await agent.ended().status == 0)
        let gone = try await status(["--url", base])
        #expect(gone.status == 1 && gone.output.isEmpty && gone.errors.count == 1, "\(gone)")
        #expect(gone.errors.first?.contains("no answer") == true && gone.errors.first?.contains(base) == true)
    }

    @Test("1, why and what to do while the collector is away", arguments: ["text", "json"])
    func collectorAway(format: String) async throws {
        let folder = try AgentFolder(azure: FaultyAzure(), collector: NoServer())
        let (agent, base) = try await running(folder)
        let ended = try await status(["--url", base, "--format", format]) { ended in
            ended.output.contains { $0.contains("connection refused") }
        }
        #expect(ended.status == 1 && ended.errors.isEmpty, "\(ended)")
        let said = ended.output.joined(separator: "\n")
        for words in [
            "Degraded", "has taken nothing", "none is lost", "connection refused", "check that the collector",
        ] {
            #expect(said.contains(words), "no '\(words)' in \(said)")
        }
        if format == "json" { #expect(try JSONLine(said)["status"] == "Degraded") }
        _ = agent
    }

    @Test("1 and Azure's own words while Azure refuses the secret, which is not shown")
    func azureRefuses() async throws {
        let azure = try FaultyAzure { request in
            // Azure repeats what it was given in some of its errors.
            request.isForToken ? .text(401, "bad \(AgentFolder.secret)") : nil
        }
        let folder = try AgentFolder(azure: azure, collector: Recorder())
        let (agent, base) = try await running(folder)
        let ended = try await status(["--url", base]) { ended in
            // Before its first cycle is over, `0 of 2 schedules` are healthy.
            ended.output.contains { $0.contains(": completed ") }
        }
        #expect(ended.status == 1, "\(ended)")
        #expect(ended.output.contains("last completed cycle: Degraded"), "\(ended)")
        #expect(ended.output.contains { $0.contains("what to do: mend what the reason says") }, "\(ended)")
        _ = agent
    }

    @Test("the port is the one in runtime.yaml, wherever the folder is named", arguments: [true, false])
    func portOfFile(isInEnvironment: Bool) async throws {
        let folder = try AgentFolder(azure: FaultyAzure(), collector: Recorder())
        let port = try #require(NoServer().baseURL.split(separator: ":").last)
        try folder.edit("runtime.yaml", "httpPort: 0", "httpPort: \(port)")
        let (agent, base) = try await running(folder)
        #expect(base.hasSuffix(":\(port)"))
        let environment = isInEnvironment ? ["AZIMUTH_CONFIG_FOLDER": folder.path] : [:]
        // Neither needs the identity, which the agent has from its environment.
        let ended = try await status(isInEnvironment ? [] : ["--config", folder.path], environment: environment)
        #expect(ended.errors.isEmpty && ended.output.contains { $0.hasPrefix("last delivered batch: ") }, "\(ended)")
        _ = agent
    }

    static let unknowable: [(String, String)] = [
        ("httpPort: 0", "--url"), ("httpPort: eighty", "no usable port"), ("", "there is no runtime configuration"),
    ]

    @Test("1 and what to do where nothing can be asked", arguments: unknowable)
    func notKnown(port: String, words: String) async throws {
        let folder = try AgentFolder()
        try folder.edit("runtime.yaml", "httpPort: 0", port.isEmpty ? "httpPort: 1" : port)
        if port.isEmpty { try folder.remove("runtime.yaml") }
        let ended = try await status(["--config", folder.path])
        #expect(ended.status == 1 && ended.output.isEmpty && ended.errors.count == 1, "\(ended)")
        #expect(ended.errors.first?.contains(words) == true, "\(ended)")
    }

    @Test("another web server is no agent, and one that does not answer is not waited for")
    func strangers() async throws {
        let other = try Refuser(.page(200, title: "Welcome"))
        let stranger = try await status(["--url", other.baseURL.replacingOccurrences(of: "//", with: "//me:hidden@")])
        #expect(stranger.status == 1 && stranger.output.isEmpty, "\(stranger)")
        #expect(stranger.errors.first?.contains("it is no agent") == true)
        #expect(!stranger.description.contains("hidden"))

        let gate = DispatchSemaphore(value: 0)
        let silent = try HTTPListener { _ in
            gate.wait()
            return .text(200, "")
        }
        defer {
            gate.signal()
            silent.stop()
        }
        let late = try await status(["--url", "http://127.0.0.1:\(silent.port)", "--timeout", "200ms"])
        #expect(late.status == 1, "\(late)")
        #expect(late.errors.first?.contains("no whole answer within 0.2 seconds") == true, "\(late)")
    }

    @Test("a taken port ends run before anything is scraped", arguments: ["text", "json"])
    func portTaken(format: String) async throws {
        let recorder = try Recorder()
        let other = try HTTPListener { _ in .text(200, "") }
        defer { other.stop() }
        let folder = try AgentFolder(azure: FaultyAzure(), collector: recorder)
        try folder.edit("runtime.yaml", "httpPort: 0", "httpPort: \(other.port)")
        let ended = try await folder.azimuth(["run", "--log-format", format])
        #expect(ended.status == 1 && ended.output.isEmpty && ended.errors.count == 2, "\(ended)")
        #expect(ended.errors.first?.contains("port \(other.port) is taken by another program") == true, "\(ended)")
        #expect(ended.errors.first?.contains("server.httpPort") == true)
        #expect(ended.errors.last?.contains("Azimuth does not start") == true)
        #expect(recorder.received.isEmpty)
        // One scrape does not listen.
        #expect(try await folder.azimuth(["run", "--once"]).status == 0)
        #expect(recorder.received == AgentFolder.everything)
    }

    @Test("silent connections and a thousand requests disturb nothing and start no threads")
    func hostile() async throws {
        let recorder = try Recorder()
        let folder = try AgentFolder(azure: FaultyAzure(), collector: recorder)
        let (agent, base) = try await running(folder)
        _ = try await status(["--url", base]) { $0.status == 0 }
        // Of the server: the runtime may start a worker of its own at any time.
        let before = try agent.threadCount(named: "MHD-")
        #expect(before > 0)
        let port = try #require(base.split(separator: ":").last.flatMap { UInt16($0) })
        let silent = try (0..<100).map { _ in
            try SilentConnection(port: port, saying: "GET /api/v1/health HTTP/1.1\r\n")
        }
        let url = try #require(URL(string: base + "/api/v1/health"))
        for _ in 0..<1000 {
            let (_, response) = try await URLSession.shared.data(from: url)
            #expect((response as? HTTPURLResponse)?.statusCode == 200)
        }
        #expect(try agent.threadCount(named: "MHD-") == before)
        #expect(try await status(["--url", base]).status == 0)
        agent.signal(SIGTERM)
        let ended = try await agent.ended()
        #expect(ended.status == 0 && recorder.received.count == 3, "\(ended)")
        withExtendedLifetime(silent) {}
    }
}

/// A connection that begins a request and never ends it.
private final class SilentConnection {
    private let descriptor: Int32

    init(port: UInt16, saying text: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw POSIXError(.ECONNREFUSED) }
        _ = Array(text.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    deinit { close(descriptor) }
}
