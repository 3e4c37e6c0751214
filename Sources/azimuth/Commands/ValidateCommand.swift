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

    @Flag(help: "Warnings are errors.")
    var strict = false

    func run() throws {
        let loaded = try files.loadOrExit(strict: strict)
        for diagnostic in loaded.diagnostics {
            Output.standard(format == .json ? diagnostic.json : "\(diagnostic)")
        }
        let errors = loaded.diagnostics.filter { $0.severity == .error }.count
        let warnings = loaded.diagnostics.count - errors
        if errors == 0, let declaration = loaded.declaration, let runtime = loaded.runtime {
            try loaded.checkSetup(declaration, runtime)
        }
        if format == .text { Output.standard(summary(errors: errors, warnings: warnings, loaded: loaded)) }
        if errors > 0 { throw ExitCode(2) }
    }

    private func summary(errors: Int, warnings: Int, loaded: ConfigurationOptions.Loaded) -> String {
        let counts =
            "\(errors) \(errors == 1 ? "error" : "errors"), \(warnings) \(warnings == 1 ? "warning" : "warnings")"
        guard let declaration = loaded.declaration, errors == 0 else { return counts }
        let pairs = declaration.metrics.reduce(0) { $0 + $1.resources.count }
        return "\(counts); \(declaration.metrics.count) metrics, \(pairs) metric-resources to scrape"
    }
}

extension ConfigurationOptions {
    /// As ``load(strict:)``; a missing file ends the command with Promitor's exit code.
    func loadOrExit(strict: Bool) throws -> Loaded {
        do throws(ConfigurationError) {
            return try load(strict: strict)
        } catch {
            Output.error("azimuth: error: \(error)")
            throw ExitCode(error.exitCode)
        }
    }
}

extension ConfigurationOptions.Loaded {
    /// What only both files together show; ends the command with 2 when an agent cannot be set up from them.
    @discardableResult
    func checkSetup(
        _ declaration: MetricsDeclaration, _ runtime: RuntimeConfiguration
    ) throws -> AgentConfiguration {
        do throws(SetupError) {
            let (configuration, warnings) = try AgentConfiguration.make(
                declaration: declaration, runtime: runtime, environment: processEnvironment())
            for warning in warnings { Output.error("azimuth: warning: \(warning)") }
            return configuration
        } catch {
            Output.error("azimuth: error: \(error)")
            throw ExitCode(2)
        }
    }
}
