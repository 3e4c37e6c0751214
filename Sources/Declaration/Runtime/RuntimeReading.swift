/// A runtime configuration as far as it could be read.
public struct RuntimeReading: Sendable {
    /// `nil` when one of the diagnostics is an error.
    public let configuration: RuntimeConfiguration?
    /// Where the metrics declaration is, when `metricsConfiguration.absolutePath` says so; known however broken the rest is.
    public let declaredPath: DeclaredPath?
    /// Where the agent is asked for its health; known however broken the rest is, `nil` when the port itself is.
    public let httpPort: UInt16?
    public let diagnostics: [Diagnostic]
}

/// The path of the metrics declaration, and where it is written.
public struct DeclaredPath: Sendable {
    let setting: RuntimeSetting

    /// Never blank.
    public var path: String { setting.text.trimmingBlanks }
}
