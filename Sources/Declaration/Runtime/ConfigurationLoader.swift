#if canImport(Glibc)
    import Glibc
#endif

/// Why the configuration was not found.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    /// What to do.
    public let fix: String
    /// Promitor's: 3 when nobody says where the configuration is, 4 when the folder or a file is not there.
    public let exitCode: Int32

    /// An error that ends the process with `exitCode`.
    public init(_ message: String, fix: String, exitCode: Int32) {
        self.message = message
        self.fix = fix
        self.exitCode = exitCode
    }

    public var description: String { "\(message); \(fix)" }
}

/// Where the files of the configuration are.
public struct ConfigurationFiles: Hashable, Sendable {
    /// `runtime.yaml`, which exists.
    public let runtimePath: String
    /// The metrics declaration, when the command line names it.
    let chosenMetricsPath: String?
    /// The folder of both, when there is one.
    let folder: String?

    private static let fix = "create it, or name another with --metrics FILE"

    /// The metrics declaration: `--metrics`, else what `runtime.yaml` says, else `metrics-declaration.yaml` in the folder.
    ///
    /// A path in `runtime.yaml` is often that of a container. When nothing is there, a file of the same name in the folder is taken.
    /// - Parameter strict: Makes the warning of that an error.
    /// - Throws: ``ConfigurationError`` when nobody names a declaration (exit code 3) or it is not there (4).
    public func metricsPath(
        _ declared: DeclaredPath?, strict: Bool
    ) throws(ConfigurationError) -> (path: String, diagnostics: [Diagnostic]) {
        if chosenMetricsPath == nil, let declared { return try existingPath(of: declared, strict: strict) }
        guard let path = chosenMetricsPath ?? folder.map({ join($0, "metrics-declaration.yaml") }) else {
            throw ConfigurationError(
                "nobody says where the metrics declaration is", fix: "give --metrics FILE or --config FOLDER",
                exitCode: 3)
        }
        return (try existing(path, "metrics declaration", fix: Self.fix), [])
    }

    private func existingPath(
        of declared: DeclaredPath, strict: Bool
    ) throws(ConfigurationError) -> (path: String, diagnostics: [Diagnostic]) {
        let path = declared.path
        let name = path.split(separator: "/").last.map(String.init)
        guard kind(of: path) == .missing, let folder, let name, join(folder, name) != path else {
            return (try existing(path, "metrics declaration", fix: Self.fix), [])
        }
        let substitute = join(folder, name)
        guard kind(of: substitute) != .missing else {
            throw ConfigurationError(
                "there is no metrics declaration at `\(path)`, nor at `\(substitute)`", fix: Self.fix, exitCode: 4)
        }
        let diagnostics = Diagnostics(file: runtimePath, strict: strict)
        diagnostics.warn(
            "there is no file `\(path)`; `\(substitute)` is used", aboutKeyOf: declared.setting,
            fix: "name the file with --metrics, or correct the path")
        return (substitute, diagnostics.sorted)
    }
}

/// Finds and reads the files that say how the agent runs.
public enum ConfigurationLoader {
    /// Where the configuration is.
    ///
    /// - Parameters:
    ///   - config: The folder; else `AZIMUTH_CONFIG_FOLDER`, else `PROMITOR_CONFIG_FOLDER`.
    ///   - runtime: The runtime configuration; else `runtime.yaml` in the folder.
    ///   - metrics: The metrics declaration; see ``ConfigurationFiles/metricsPath(_:strict:)``.
    /// - Throws: ``ConfigurationError`` when no folder is known (exit code 3), or when the folder or `runtime.yaml` is not there (4). A
    ///   file that cannot be read is found all the same: ``loadRuntime(path:environment:strict:)`` says why it cannot.
    public static func locate(
        config: String?, runtime: String?, metrics: String?, environment: [String: String]
    ) throws(ConfigurationError) -> ConfigurationFiles {
        let folders = [config, environment["AZIMUTH_CONFIG_FOLDER"], environment["PROMITOR_CONFIG_FOLDER"]]
        let folder = folders.compactMap { $0 }.first { !$0.isBlank }
        guard let path = runtime ?? folder.map({ join($0, "runtime.yaml") }) else {
            throw ConfigurationError(
                "nobody says where the configuration is",
                fix: "give --config FOLDER, or set AZIMUTH_CONFIG_FOLDER or PROMITOR_CONFIG_FOLDER", exitCode: 3)
        }
        if runtime == nil, let folder { try checkFolder(folder, of: path) }
        return ConfigurationFiles(
            runtimePath: try existing(
                path, "runtime configuration", fix: "create it, or name another with --runtime FILE"),
            chosenMetricsPath: metrics, folder: folder)
    }

    /// Reads `runtime.yaml` at `path` and what `environment` overrides.
    /// - Parameter strict: Makes every warning an error, but for legal keys that have no effect here.
    public static func loadRuntime(path: String, environment: [String: String], strict: Bool) -> RuntimeReading {
        let diagnostics = Diagnostics(file: path, strict: strict)
        let root = YAML.load(path: path, diagnostics: diagnostics, mayBeEmpty: true)
        return read(root, environment, diagnostics)
    }

    /// Reads `bytes`, the content of what is called `file` in diagnostics, and what `environment` overrides.
    public static func loadRuntime(
        bytes: [UInt8], file: String, environment: [String: String], strict: Bool
    ) -> RuntimeReading {
        let diagnostics = Diagnostics(file: file, strict: strict)
        let root = YAML.parse(bytes, diagnostics: diagnostics, mayBeEmpty: true)
        return read(root, environment, diagnostics)
    }

    private static func read(
        _ root: YAMLNode?, _ environment: [String: String], _ diagnostics: Diagnostics
    ) -> RuntimeReading {
        // Without the file's settings the rest would be called missing.
        var isReadable = root != nil || !diagnostics.hasErrors
        if let root, root.entries == nil {
            isReadable = false
            diagnostics.error(
                "a runtime configuration must be a mapping, not \(root.kind)", at: root.mark,
                fix: "begin with `authentication:`")
        }
        let schema = RuntimeSchema.runtime
        let settings = RuntimeSettings(
            isReadable ? root : nil, environment: environment, schema: schema, diagnostics: diagnostics)
        var configuration: RuntimeConfiguration?
        if isReadable {
            var check = RuntimeCheck(schema: schema, diagnostics: diagnostics)
            check.check(settings)
            configuration = RuntimeReader(settings: settings, environment: environment, diagnostics: diagnostics)
                .configuration()
        }
        return RuntimeReading(
            configuration: diagnostics.hasErrors ? nil : configuration,
            declaredPath: settings["metricsConfiguration.absolutePath"].map { DeclaredPath(setting: $0) },
            httpPort: RuntimeReader.httpPort(settings),
            collectorPlaces: settings.places(below: "metricSinks.openTelemetryCollector"),
            diagnostics: diagnostics.sorted)
    }
}

private func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
}

/// `path`, unless it is certain that nothing is there: what cannot be looked at is for the reader to explain.
private func existing(_ path: String, _ what: String, fix: String) throws(ConfigurationError) -> String {
    guard kind(of: path) != .missing else {
        throw ConfigurationError("there is no \(what) at `\(path)`", fix: fix, exitCode: 4)
    }
    return path
}

/// Refuses a folder that is not there, or none, in which `path` is looked for.
private func checkFolder(_ folder: String, of path: String) throws(ConfigurationError) {
    let missing = "there is no runtime configuration at `\(path)`, because"
    switch kind(of: folder) {
    case .folder, .unknown: return
    case .missing:
        throw ConfigurationError(
            "\(missing) there is no folder `\(folder)`", fix: "create it, or name another with --config FOLDER",
            exitCode: 4)
    case .file:
        throw ConfigurationError(
            "\(missing) `\(folder)` is a file, not a folder",
            fix: "name the folder that holds it, or give --runtime FILE and --metrics FILE", exitCode: 4)
    }
}

private enum PathKind { case folder, file, missing, unknown }

private func kind(of path: String) -> PathKind {
    var status = stat()
    guard stat(path, &status) == 0 else { return [ENOENT, ENOTDIR].contains(errno) ? .missing : .unknown }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
}
