import Agent
import ArgumentParser
import Declaration
import HTTPTransport
import MetricModel

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Checks the files and says everything that is wrong with them.",
        discussion: """
            With --online, Azure is asked what each resource offers: unknown metrics, dimensions, aggregations and
            intervals are named with their place and what was probably meant, and so are resources that are not there or
            not to be seen. Without it nothing leaves this machine.
            Exit code 0 when they can be run, 2 when not, 3 without a folder, 4 when a file is missing.

            Example:
              azimuth validate --config ./config --strict
              azimuth validate --config ./config --online
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @OptionGroup var files: ConfigurationOptions

    @Option(help: "text, or json: one object a line.")
    var format = Format.text

    @Flag(help: "Unknown keys and questionable findings are errors, not warnings.")
    var strict = false

    @Flag(help: "Ask Azure whether it has what is declared.")
    var online = false

    func run() async throws {
        var loaded: ConfigurationOptions.Loaded
        do throws(ConfigurationOptions.FileMissing) {
            loaded = try files.load(strict: strict)
        } catch {
            write(error.diagnostics)
            Output.error("azimuth: error: \(error.error)")
            throw ExitCode(error.error.exitCode)
        }
        if online { try await addFindings(to: &loaded) }
        write(loaded.diagnostics)
        if format == .text { Output.standard(summary(loaded)) }
        if loaded.configuration == nil { throw ExitCode(2) }
    }

    /// Appends what does not fit to what Azure has. Broken files are mended first: nothing is asked for them.
    private func addFindings(to loaded: inout ConfigurationOptions.Loaded) async throws {
        guard let access = loaded.access else { return }
        let client = CurlClient(userAgent: "azimuth/\(Agent.version)")
        defer { client.shutdown() }
        let findings = try await OnlineCheck(access, client: client, clock: SystemClock()).run()
        loaded.diagnostics += findings.map { finding in
            Diagnostic(
                strict ? .error : finding.severity,
                file: finding.isAboutIdentity ? loaded.runtimePath : loaded.metricsPath, mark: finding.mark,
                message: finding.message, fix: finding.fix)
        }
        if loaded.errorCount > 0 { loaded.configuration = nil }
    }

    private func write(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics { Output.standard(format == .json ? diagnostic.json : "\(diagnostic)") }
    }

    private func summary(_ loaded: ConfigurationOptions.Loaded) -> String {
        let errors = loaded.errorCount
        let warnings = loaded.diagnostics.count - errors
        let counts =
            "\(errors) \(errors == 1 ? "error" : "errors"), \(warnings) \(warnings == 1 ? "warning" : "warnings")"
        guard let metrics = loaded.configuration?.declaration.metrics else { return counts }
        let pairs = metrics.reduce(0) { $0 + $1.resources.count }
        return "\(counts); \(metrics.count) metrics, \(pairs) metric-resources to scrape"
    }
}
