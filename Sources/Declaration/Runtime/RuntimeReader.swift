/// Makes a configuration of settings that ``RuntimeCheck`` has looked through.
struct RuntimeReader {
    let settings: RuntimeSettings
    let environment: [String: String]
    let diagnostics: Diagnostics

    /// The configuration; `nil` when there is no identity. What is wrong is in the diagnostics.
    func configuration() -> RuntimeConfiguration? {
        let collector = CollectorReader(settings: settings, environment: environment, diagnostics: diagnostics)
            .collector()
        let collectionReader = CollectionReader(settings: settings, diagnostics: diagnostics)
        let collection = collectionReader.collection()
        let state = collectionReader.state()
        let batching = collectionReader.metricsBatching()
        collectionReader.checkSums(collector?.sumsAs, revisions: collection.revisions)
        let reader = IdentityReader(settings: settings, environment: environment, diagnostics: diagnostics)
        guard let identity = reader.identity() else { return nil }
        return RuntimeConfiguration(
            httpPort: Self.httpPort(settings) ?? RuntimeConfiguration.defaultPort, checksHealth: checksHealth,
            identity: identity, collection: collection, state: state, metricsBatching: batching,
            openTelemetryCollector: collector, verbosity: verbosity)
    }

    /// What a port may be; 0 lets the system choose.
    static let ports = 0...65_535

    /// The port that `settings` ask for; `nil` when what they say is none.
    ///
    /// Promitor does not start without a `server` section and, with one that names no port, listens on 80. A file without
    /// the section is none of Promitor's, and 80 is closed to most users.
    static func httpPort(_ settings: RuntimeSettings) -> UInt16? {
        guard let setting = settings["server.httpPort"] else {
            return settings.below("server").isEmpty ? RuntimeConfiguration.defaultPort : 80
        }
        return UInt16(setting.text.trimmingBlanks)
    }

    private var checksHealth: Bool {
        settings["healthCheck.enableScraperFreshnessHealthCheck"]?.text.trimmingBlanks.lowercased() != "false"
    }

    /// The console's verbosity can only take away from the general one, as in Promitor.
    private var verbosity: Verbosity {
        let general = settings.word("telemetry.defaultVerbosity", as: Verbosity.self)
        let console = settings.word("telemetry.containerLogs.verbosity", as: Verbosity.self)
        guard let general, let console else { return general ?? console ?? .information }
        return max(general, console)
    }
}
