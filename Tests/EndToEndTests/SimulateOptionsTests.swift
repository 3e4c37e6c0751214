import Foundation
import TestServers
import Testing

/// `simulate` with HTTPS and with faults, as a process.
@Suite(.certificates, .timeLimit(.minutes(5))) struct SimulateOptionsTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        /// The parser's code for a wrong command line, or 1.
        var status: Int32
        var says: [String]

        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let mistakes = [
        Mistake(
            arguments: ["--tls-certificate", "good.pem"], status: 64,
            says: ["--tls-certificate and --tls-key go together"]),
        Mistake(
            arguments: ["--tls-key", "key.pem"], status: 64, says: ["--tls-certificate and --tls-key go together"]),
        Mistake(
            arguments: ["--tls-certificate", "/nowhere.pem", "--tls-key", "/key.pem"], status: 1,
            says: ["Cannot read /nowhere.pem: No such file"]),
        Mistake(
            arguments: ["--tls-certificate", "/dev/null", "--tls-key", "/dev/null"], status: 1,
            says: ["Cannot serve HTTPS on 127.0.0.1", "PEM"]),
        Mistake(
            arguments: ["--estate", "10x10x10"], status: 64,
            says: ["'10x10x10' is invalid for '--estate", "RESOURCESxMETRICSxTYPESxREGIONS"]),
        Mistake(
            arguments: ["--estate", "small", "--stopped", "2"], status: 64, says: ["--stopped is a share"]),
        Mistake(
            arguments: ["--batch-fault", "resource=x&answer=200"], status: 64,
            says: ["'200' is not valid for 'answer'", "series-cap"]),
        Mistake(
            arguments: ["--fault", "answer=fast"], status: 64,
            says: ["'fast' is not valid for 'answer'", "429", "expired-tokens"]),
    ]

    @Test("a wrong option says what is wrong and what would be right", arguments: mistakes)
    func mistake(_ mistake: Mistake) async throws {
        let ended = try await Child(Paths.azimuth, ["simulate", "--port", "0"] + mistake.arguments).ended()
        #expect(ended.status == mistake.status && ended.output.isEmpty, "\(ended)")
        for words in mistake.says { #expect(ended.description.contains(words), "no '\(words)' in \(ended)") }
    }

    static let sizes: [(String, metrics: Int, pairs: Int)] = [
        ("small", 10, 100), ("medium", 80, 10_000), ("30x15x15x2", 225, 450),
    ]

    @Test("the declaration of an estate by the numbers is valid and names everything there is", arguments: sizes)
    func scaled(_ size: String, metrics: Int, pairs: Int) async throws {
        let recorder = try Recorder()
        let simulator = try await SimulatorProcess(collector: recorder.baseURL, options: ["--estate", size])
        let ended = try await simulator.azimuth(["validate", "--strict"])
        #expect(
            ended.output == ["0 errors, 0 warnings; \(metrics) metrics, \(pairs) metric-resources to scrape"],
            "\(ended)")
    }

    @Test("an agent reads a simulator over HTTPS that ends its tokens in mid-scrape, with the files it wrote")
    func overTLS() async throws {
        let certificates = Certificates.current
        let recorder = try Recorder()
        let simulator = try await SimulatorProcess(
            collector: recorder.baseURL,
            options: [
                "--tls-certificate", certificates.path("good.pem"), "--tls-key", certificates.path("key.pem"),
                "--fault", "route=metrics&calls=3&answer=expired-tokens",
            ])
        #expect(simulator.baseURL.hasPrefix("https://127.0.0.1:"))
        let trust = ["SSL_CERT_FILE": certificates.path("ca.pem")]
        let ended = try await simulator.azimuth(
            ["run", "--once"], environment: SimulatorProcess.credentials.merging(trust) { $1 })
        #expect(ended.status == 0, "\(ended)")
        let total = try #require(ended.output.first { $0.hasPrefix("total: ") })
        let count = try #require(Int(total.split(separator: " ")[1]))
        #expect(count > 50 && recorder.received.values.reduce(0, +) == count, "\(ended)")
    }
}
