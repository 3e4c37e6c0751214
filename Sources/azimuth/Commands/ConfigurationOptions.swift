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
        /// `nil` when one of the diagnostics is an error, or nobody asked for it.
        var configuration: AgentConfiguration?
        /// What it takes to ask Azure; `nil` when one of the diagnostics is an error.
        var access: AzureAccess?
        var diagnostics: [Diagnostic] = []
        var runtimePath = ""
        var metricsPath = ""

        var errorCount: Int { diagnostics.filter { $0.severity == .error }.count }
    }

    /// One of the files is not there.
    struct FileMissing: Error {
        var error: ConfigurationError
        /// What is wrong with the runtime configuration, which may be why the declaration is not found.
        var diagnostics: [Diagnostic]
    }

    /// Reads both files, however broken the first is.
    /// - Parameter needsCollector: False when nothing is pushed; then there is no ``Loaded/configuration``.
    func load(strict: Bool, needsCollector: Bool = true) throws(FileMissing) -> Loaded {
        let environment = processEnvironment()
        var loaded = Loaded()
        let files: ConfigurationFiles
        let metricsPath: String
        let reading: RuntimeReading
        do throws(ConfigurationError) {
            files = try ConfigurationLoader.locate(
                config: config, runtime: runtime, metrics: metrics, environment: environment)
            reading = ConfigurationLoader.loadRuntime(
                path: files.runtimePath, environment: environment, strict: strict)
            (loaded.runtime, loaded.diagnostics) = (reading.configuration, reading.diagnostics)
            let (path, findings) = try files.metricsPath(reading.declaredPath, strict: strict)
            metricsPath = path
            loaded.diagnostics += findings
        } catch {
            throw FileMissing(error: error, diagnostics: loaded.diagnostics)
        }
        (loaded.runtimePath, loaded.metricsPath) = (files.runtimePath, metricsPath)
        let (declaration, problems) = DeclarationLoader.load(
            path: metricsPath, environment: environment, strict: strict)
        loaded.diagnostics += problems
        if let declaration, let runtime = loaded.runtime {
            let setup = Setup(
                runtimePath: files.runtimePath, metricsPath: metricsPath, environment: environment, isStrict: strict,
                collectorPlaces: reading.collectorPlaces)
            loaded.access = setup.access(declaration, runtime, problems: &loaded.diagnostics)
            if needsCollector, loaded.access != nil {
                loaded.configuration = setup.configuration(declaration, runtime, problems: &loaded.diagnostics)
            }
        }
        if loaded.errorCount > 0 { (loaded.configuration, loaded.access) = (nil, nil) }
        return loaded
    }
}

/// What only both files together show, in the same form as what each of them shows.
private struct Setup {
    let runtimePath: String
    let metricsPath: String
    let environment: [String: String]
    let isStrict: Bool
    let collectorPlaces: [String: SourceMark]

    func configuration(
        _ declaration: MetricsDeclaration, _ runtime: RuntimeConfiguration, problems: inout [Diagnostic]
    ) -> AgentConfiguration? {
        do throws(SetupError) {
            let (configuration, warnings) = try AgentConfiguration.make(
                declaration: declaration, runtime: runtime, environment: environment)
            problems += warnings.map(diagnostic)
            return isStrict && !warnings.isEmpty ? nil : configuration
        } catch {
            problems.append(diagnostic(error))
            return nil
        }
    }

    func access(
        _ declaration: MetricsDeclaration, _ runtime: RuntimeConfiguration, problems: inout [Diagnostic]
    ) -> AzureAccess? {
        do throws(SetupError) {
            return try AzureAccess.make(declaration: declaration, runtime: runtime, environment: environment)
        } catch {
            problems.append(diagnostic(error))
            return nil
        }
    }

    private func diagnostic(_ error: SetupError) -> Diagnostic {
        let file = error.isAboutDeclaration ? metricsPath : runtimePath
        return Diagnostic(.error, file: file, mark: nil, message: error.message, fix: error.fix)
    }

    private func diagnostic(_ warning: OTLPSettingsWarning) -> Diagnostic {
        let isVariable = warning.name.hasPrefix("OTEL_")
        let place = isVariable ? "in the environment variable `\(warning.name)`" : "`\(warning.name)`"
        let key = [warning.name, warning.lostHeader].compactMap { $0?.lowercased() }.joined(separator: ".")
        // Without a header of its own that the file wants sent, a collector is likely to refuse everything.
        let isError = isStrict || !isVariable && warning.lostHeader != nil
        return Diagnostic(
            isError ? .error : .warning, file: runtimePath, mark: isVariable ? nil : collectorPlaces[key],
            message: "\(place): \(warning.message)", fix: warning.fix)
    }
}

extension ConfigurationOptions {
    /// What it takes to ask Azure about the files' declaration; a collector is not needed.
    ///
    /// What refuses the files goes to standard error and ends the command; mere warnings are for `validate`.
    func azureAccess() throws -> (access: AzureAccess, metricsPath: String) {
        let loaded: Loaded
        do throws(FileMissing) {
            loaded = try load(strict: false, needsCollector: false)
        } catch {
            error.diagnostics.filter { $0.severity == .error }.forEach { Output.error("\($0)") }
            Output.error("azimuth: error: \(error.error)")
            throw ExitCode(error.error.exitCode)
        }
        guard let access = loaded.access else {
            loaded.diagnostics.filter { $0.severity == .error }.forEach { Output.error("\($0)") }
            throw ExitCode(2)
        }
        return (access, loaded.metricsPath)
    }
}

extension AzureAccess {
    /// The declared metric of that name.
    /// - Parameter file: The declaration, for the message when there is none, which ends the command.
    func metric(named name: String, file: String) throws -> DeclaredMetric {
        if let metric = declaration.metrics.first(where: { $0.descriptor.name == name }) { return metric }
        if let metric = declaration.unsupported.first(where: { $0.name == name }) {
            Output.error("azimuth: error: \(file) declares `\(name)`, but \(metric.reason)")
            throw ExitCode(2)
        }
        let names = declaration.metrics.map(\.descriptor.name)
        let near = Suggestion.similar(to: name, among: names)
        let fix =
            near.isEmpty
            ? "it declares " + (names.isEmpty ? "none" : names.prefix(20).joined(separator: ", "))
            : "did you mean " + near.map { "`\($0)`" }.joined(separator: " or ") + "?"
        Output.error("azimuth: error: \(file) declares no metric `\(name)`; \(fix)")
        throw ExitCode(2)
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
