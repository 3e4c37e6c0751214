import Agent
import ArgumentParser
import Declaration
import OTLPExporter

#if canImport(Glibc)
    import Glibc
#endif

/// Where the files are.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: "Folder with runtime.yaml and metrics-declaration.yaml.", completion: .directory)
    var config: String?

    @Option(help: "The runtime configuration, instead of runtime.yaml in the folder.", completion: .file())
    var runtime: String?

    @Option(help: "The metrics declaration, instead of the one the runtime configuration names.", completion: .file())
    var metrics: String?

    /// What the files say, and everything that is wrong with them.
    struct Loaded {
        var runtime: RuntimeConfiguration?
        /// `nil` when one of the diagnostics is an error.
        var configuration: AgentConfiguration?
        var diagnostics: [Diagnostic] = []

        var errorCount: Int { diagnostics.filter { $0.severity == .error }.count }
    }

    /// One of the files is not there.
    struct FileMissing: Error {
        var error: ConfigurationError
        /// What is wrong with the runtime configuration, which may be why the declaration is not found.
        var diagnostics: [Diagnostic]
    }

    /// Reads both files, however broken the first is.
    func load(strict: Bool) throws(FileMissing) -> Loaded {
        let environment = processEnvironment()
        var loaded = Loaded()
        let files: ConfigurationFiles
        let metricsPath: String
        do throws(ConfigurationError) {
            files = try ConfigurationLoader.locate(
                config: config, runtime: runtime, metrics: metrics, environment: environment)
            let reading = ConfigurationLoader.loadRuntime(
                path: files.runtimePath, environment: environment, strict: strict)
            (loaded.runtime, loaded.diagnostics) = (reading.configuration, reading.diagnostics)
            let (path, findings) = try files.metricsPath(reading.declaredPath, strict: strict)
            metricsPath = path
            loaded.diagnostics += findings
        } catch {
            throw FileMissing(error: error, diagnostics: loaded.diagnostics)
        }
        let (declaration, problems) = DeclarationLoader.load(
            path: metricsPath, environment: environment, strict: strict)
        loaded.diagnostics += problems
        if let declaration, let runtime = loaded.runtime {
            let setup = Setup(
                runtimePath: files.runtimePath, metricsPath: metricsPath, environment: environment, isStrict: strict)
            loaded.configuration = setup.configuration(declaration, runtime, problems: &loaded.diagnostics)
        }
        if loaded.errorCount > 0 { loaded.configuration = nil }
        return loaded
    }
}

/// What only both files together show, in the same form as what each of them shows.
private struct Setup {
    let runtimePath: String
    let metricsPath: String
    let environment: [String: String]
    let isStrict: Bool

    func configuration(
        _ declaration: MetricsDeclaration, _ runtime: RuntimeConfiguration, problems: inout [Diagnostic]
    ) -> AgentConfiguration? {
        do throws(SetupError) {
            let (configuration, warnings) = try AgentConfiguration.make(
                declaration: declaration, runtime: runtime, environment: environment)
            problems += warnings.map(diagnostic)
            return isStrict && !warnings.isEmpty ? nil : configuration
        } catch {
            let file = error.isAboutDeclaration ? metricsPath : runtimePath
            problems.append(Diagnostic(.error, file: file, mark: nil, message: error.message, fix: error.fix))
            return nil
        }
    }

    private func diagnostic(_ warning: OTLPSettingsWarning) -> Diagnostic {
        let isVariable = warning.name.hasPrefix("OTEL_")
        let place = isVariable ? "in the environment variable `\(warning.name)`" : "`\(warning.name)`"
        return Diagnostic(
            isStrict ? .error : .warning, file: runtimePath, mark: nil, message: "\(place): \(warning.message)")
    }
}

/// The environment of this process.
func processEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
        let text = String(cString: entry)
        if let equals = text.firstIndex(of: "=") {
            variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        next = next.advanced(by: 1)
    }
    return variables
}
