import HTTPServer
import TestServers
import Testing

/// Whom the agent does not trust gets nothing, and the user learns why; `SSL_CERT_FILE` names the tests' own CA.
@Suite(.certificates, .timeLimit(.minutes(5))) struct UntrustedServerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// What the server shows, and the CA that the agent trusts.
        var certificate = "good"
        var ca = "ca"
        var says: String

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "expired", certificate: "expired", says: "the server's certificate has expired"),
        Case(
            name: "another host's", certificate: "elsewhere", says: "the server's certificate is for another host name"),
        Case(name: "unknown CA", ca: "stranger", says: "the server's certificate comes from an unknown CA"),
    ]

    private func trusting(_ ca: String) -> [String: String] {
        ["SSL_CERT_FILE": Certificates.current.path("\(ca).pem")]
    }

    @Test(
        "an Azure that is not trusted is not asked; one message says why and that the data is still there",
        arguments: cases)
    func azure(_ problem: Case) async throws {
        let recorder = try Recorder()
        let azure = try FaultyAzure(tls: Certificates.current.server(problem.certificate))
        let folder = try AgentFolder(azure: azure, collector: recorder)
        let ended = try await folder.azimuth(
            exactly: ["run", "--once", "--config", folder.path], environment: trusting(problem.ca))
        #expect(ended.status == 1, "\(ended)")
        let missing = ended.output.filter { $0.hasPrefix("missing: ") }
        let logged = ended.errors.filter { $0.contains(" error ") || $0.contains(" warning ") }
        try #require(missing.count == 1 && logged.count == 1, "one message each:\n\(ended)")
        for words in [
            "No trusted connection came about", problem.says, String(azure.baseURL.dropFirst("https://".count)),
            "and 2 more", "Nothing is lost: Azure keeps these values", "Check the server's certificate",
            "SSL_CERT_FILE", "its clock",
        ] {
            #expect(missing[0].contains(words), "no '\(words)' in \(missing[0])")
        }
        #expect(ended.output.last?.contains("still in Azure: mend it and run again") == true)
        #expect(recorder.received.isEmpty)
    }

    @Test(
        "a collector that is not trusted gets nothing; the points are kept, and the user learns why", arguments: cases)
    func collector(_ problem: Case) async throws {
        let recorder = try Recorder(tls: Certificates.current.server(problem.certificate))
        let folder = try AgentFolder(azure: FaultyAzure(), collector: recorder)
        let ended = try await folder.azimuth(
            exactly: ["run", "--once", "--flush-timeout", "2s", "--config", folder.path],
            environment: trusting(problem.ca))
        #expect(ended.status == 1, "\(ended)")
        let missing = ended.output.filter { $0.hasPrefix("missing: ") }
        let logged = ended.errors.filter { $0.contains(" error ") || $0.contains(" warning ") }
        try #require(missing.count == 1 && logged.count == 1, "one message each:\n\(ended)")
        for words in [
            "The collector cannot be reached", problem.says, recorder.baseURL, "then in the state folder",
            "tls in runtime.yaml",
        ] {
            #expect(logged[0].contains(words), "no '\(words)' in \(logged[0])")
        }
        for words in ["4 points were not taken in time", problem.says, "They wait in the state folder"] {
            #expect(missing[0].contains(words), "no '\(words)' in \(missing[0])")
        }
        #expect(recorder.received.isEmpty)
    }

    @Test("with certificates that are good everything arrives, over TLS on both sides")
    func trusted() async throws {
        let certificate = try Certificates.current.server("good")
        let recorder = try Recorder(tls: certificate)
        let folder = try AgentFolder(azure: FaultyAzure(tls: certificate), collector: recorder)
        let ended = try await folder.azimuth(
            exactly: ["run", "--once", "--config", folder.path], environment: trusting("ca"))
        #expect(ended.status == 0 && !ended.output.contains { $0.contains("missing") }, "\(ended)")
        #expect(recorder.received == AgentFolder.everything)
    }

    /// Which CA is in the folder, which in the file (`nil` = the system's), and whether that will do.
    static let places: [(folder: String, file: String?, isTrusted: Bool)] = [
        ("ca", nil, true), ("stranger", nil, false), ("stranger", "ca", true), ("namesake", "ca", true),
        ("ca", "namesake", true), ("namesake", "stranger", false),
    ]

    @Test("an authority is found in SSL_CERT_DIR by its hash, or in SSL_CERT_FILE", arguments: places)
    func authority(folder: String, file: String?, isTrusted: Bool) async throws {
        let certificates = Certificates.current
        var environment = ["SSL_CERT_DIR": try await certificates.hashedFolder(of: folder)]
        if let file { environment["SSL_CERT_FILE"] = certificates.path("\(file).pem") }
        let certificate = try certificates.server("good")
        let recorder = try Recorder(tls: certificate)
        let agent = try AgentFolder(azure: FaultyAzure(tls: certificate), collector: recorder)
        let ended = try await agent.azimuth(
            exactly: ["run", "--once", "--config", agent.path], environment: environment)
        #expect(ended.status == (isTrusted ? 0 : 1), "\(ended)")
        #expect(recorder.received == (isTrusted ? AgentFolder.everything : [:]))
        #expect(ended.output.contains { $0.contains("No trusted connection came about") } == !isTrusted)
    }

    @Test("an SSL_CERT_FILE that cannot be used is named", arguments: ["nowhere.pem", "good.ext"])
    func unusable(file: String) async throws {
        let recorder = try Recorder()
        let azure = try FaultyAzure(tls: Certificates.current.server("good"))
        let folder = try AgentFolder(azure: azure, collector: recorder)
        let ended = try await folder.azimuth(
            exactly: ["run", "--once", "--config", folder.path],
            environment: ["SSL_CERT_FILE": Certificates.current.path(file)])
        #expect(ended.status == 1, "\(ended)")
        let missing = ended.output.filter { $0.hasPrefix("missing: ") }
        try #require(missing.count == 1, "\(ended)")
        #expect(missing[0].contains("the CA file cannot be used") && missing[0].contains("/\(file)"), "\(missing)")
    }
}
