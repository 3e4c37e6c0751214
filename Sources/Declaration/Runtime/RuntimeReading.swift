/// A runtime configuration as far as it could be read.
public struct RuntimeReading: Sendable {
    /// `nil` when one of the diagnostics is an error.
    public let configuration: RuntimeConfiguration?
    /// Where the metrics declaration is, when `metricsConfiguration.absolutePath` says so; known however broken the rest is.
    public let declaredPath: DeclaredPath?
    /// Where the agent is asked for its health; known however broken the rest is, `nil` when the port itself is.
    public let httpPort: UInt16?
    /// Where the collector's keys stand in the file, by their path below the section in lower case: `collectoruri`,
    /// `headers.authorization`.
    public let collectorPlaces: [String: SourceMark]
    public let diagnostics: [Diagnostic]
}

/// The path of the metrics declaration, and where it is written.
public struct DeclaredPath: Sendable {
    let setting: RuntimeSetting

    /// Never blank.
    public var path: String { setting.text.trimmingBlanks }
}
