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
        var declaration: MetricsDeclaration?
        var runtime: RuntimeConfiguration?
        var metricsPath: String?
        var diagnostics: [Diagnostic] = []

        var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
    }

    /// Reads both files, however broken the first is.
    /// - Throws: ``ConfigurationError`` when one of them is not there.
    func load(strict: Bool) throws(ConfigurationError) -> Loaded {
        let environment = processEnvironment()
        let files = try ConfigurationLoader.locate(
            config: config, runtime: runtime, metrics: metrics, environment: environment)
        var loaded = Loaded()
        (loaded.runtime, loaded.diagnostics) = ConfigurationLoader.loadRuntime(
            path: files.runtimePath, environment: environment, strict: strict)
        let path: String
        do throws(ConfigurationError) {
            path = try files.metricsPath(loaded.runtime)
        } catch {
            // What is wrong with the runtime configuration may be why the declaration is not found: show both.
            for diagnostic in loaded.diagnostics { Output.error("\(diagnostic)") }
            throw error
        }
        loaded.metricsPath = path
        let (declaration, problems) = DeclarationLoader.load(path: path, environment: environment, strict: strict)
        loaded.declaration = declaration
        loaded.diagnostics += problems
        return loaded
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
