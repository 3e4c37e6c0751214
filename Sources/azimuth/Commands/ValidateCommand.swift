import Agent
import ArgumentParser
import Declaration

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Checks the files and says everything that is wrong with them.",
        discussion: """
            Exit code 0 when they can be run, 2 when not, 3 without a folder, 4 when a file is missing.

            Example:
              azimuth validate --config ./config --strict
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @OptionGroup var files: ConfigurationOptions

    @Option(help: "text, or json: one object a line.")
    var format = Format.text

    @Flag(help: "Unknown keys and questionable findings are errors, not warnings.")
    var strict = false

    func run() throws {
        let loaded: ConfigurationOptions.Loaded
        do throws(ConfigurationOptions.FileMissing) {
            loaded = try files.load(strict: strict)
        } catch {
            write(error.diagnostics)
            Output.error("azimuth: error: \(error.error)")
            throw ExitCode(error.error.exitCode)
        }
        write(loaded.diagnostics)
        if format == .text { Output.standard(summary(loaded)) }
        if loaded.configuration == nil { throw ExitCode(2) }
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
