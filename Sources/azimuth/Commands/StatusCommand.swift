import Agent
import ArgumentParser
import Declaration
import HTTPTransport
import MetricModel

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Asks a running agent whether data flows.",
        discussion: """
            Says of every check how it is and, when it is not healthy, what to do. The agent is asked on this machine, on
            the port in runtime.yaml, else on 5000. Exit code 0 when it is healthy, 1 when not or when it cannot be asked.

            Example:
              azimuth status --config ./config
              azimuth status --url http://agent.example:5000 --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json

        var mediaType: String { self == .text ? "text/plain" : "application/json" }
    }

    @Option(help: "Folder with the agent's runtime.yaml.", completion: .directory)
    var config: String?

    @Option(help: "The agent's runtime configuration, instead of runtime.yaml in the folder.", completion: .file())
    var runtime: String?

    @Option(help: "Where the agent listens, instead of what runtime.yaml says.")
    var url: String?

    @Option(help: "How long the answer may take.")
    var timeout = Length(seconds: 3)

    @Option(help: "text, or json: the report as the agent gives it.")
    var format = Format.text

    func run() async throws {
        let answer: Answer
        do throws(Failure) {
            let base = if let url { url } else { try localURL() }
            answer = try await ask(base)
        } catch {
            Output.error("azimuth status: \(error.message)")
            throw ExitCode.failure
        }
        answer.lines.forEach { Output.standard($0) }
        if !answer.isHealthy { throw ExitCode.failure }
    }

    /// Why the agent's health is not known, and what to do; one line.
    private struct Failure: Error {
        var message: String
    }

    private struct Answer {
        var isHealthy: Bool
        var lines: [String]
    }

    private func localURL() throws(Failure) -> String {
        let environment = processEnvironment()
        let port: UInt16?
        do throws(ConfigurationError) {
            let files = try ConfigurationLoader.locate(
                config: config, runtime: runtime, metrics: nil, environment: environment)
            port =
                ConfigurationLoader.loadRuntime(path: files.runtimePath, environment: environment, strict: false)
                .httpPort
        } catch {
            // Nobody says where the configuration is: the agent may run without one of ours all the same.
            guard error.exitCode == 3 else { throw Failure(message: "\(error)") }
            port = RuntimeConfiguration.defaultPort
        }
        guard let port else {
            throw Failure(
                message: "the runtime configuration names no usable port; see `azimuth validate`, or give --url URL")
        }
        guard port != 0 else {
            throw Failure(
                message:
                    "runtime.yaml lets the system choose the port (`httpPort: 0`); the agent's log names it when it "
                    + "starts: give --url http://127.0.0.1:PORT")
        }
        return "http://127.0.0.1:\(port)"
    }

    private func ask(_ base: String) async throws(Failure) -> Answer {
        let client = CurlClient(userAgent: "azimuth/\(Agent.version)")
        defer { client.shutdown() }
        let request = HTTPRequest(
            .get, base + (base.hasSuffix("/") ? "" : "/") + "api/v1/health",
            headers: [("Accept", format.mediaType)],
            limits: HTTPLimits(total: timeout.duration, connect: timeout.duration, bodyBytes: 1 << 20))
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await client.send(request)
        } catch {
            throw Failure(
                message:
                    "no answer: \(error). Check that the agent runs and that this is where it listens: its log says "
                    + "so when it starts; `azimuth run --once` does not listen")
        }
        guard [200, 503].contains(response.status), response.headers["X-Version"] != nil else {
            throw Failure(
                message: "something answers at \(origin(of: base)) with HTTP \(response.status), but it is no agent. "
                    + "Give the agent's address with --url, or its folder with --config")
        }
        let text = response.body.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        return Answer(isHealthy: response.status == 200, lines: text.split(separator: "\n").map(printable))
    }

    /// Without user, password, path and query.
    private func origin(of url: String) -> String {
        let scheme = url.hasPrefix("https://") ? "https://" : "http://"
        let authority = url.dropFirst(url.hasPrefix(scheme) ? scheme.count : 0).prefix { !"/?#".contains($0) }
        return scheme + (authority.split(separator: "@").last ?? "")
    }

    /// What another program says must not drive the terminal.
    private func printable(_ line: Substring) -> String {
        String(
            String.UnicodeScalarView(
                line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
