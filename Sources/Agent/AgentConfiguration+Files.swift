import AzureMonitor
import Declaration
import HTTPTransport
import OTLPExporter

/// Why an agent cannot be set up although each file is valid.
public struct SetupError: Error, CustomStringConvertible, Sendable {
    /// What is missing; one line without a full stop.
    public var message: String
    /// What to do.
    public var fix: String
    /// Whether the metrics declaration has to be mended; else the runtime configuration.
    public var isAboutDeclaration = false

    public var description: String { "\(message); \(fix)" }
}

extension AgentConfiguration {
    /// Puts together what the files and the environment say.
    ///
    /// - Returns: The configuration, and what the user should know about `OTEL_…` variables.
    /// - Throws: ``SetupError``.
    public static func make(
        declaration: MetricsDeclaration, runtime: RuntimeConfiguration, environment: [String: String]
    ) throws(SetupError) -> (AgentConfiguration, [OTLPSettingsWarning]) {
        let (collector, warnings) = OTLPSettings.resolve(
            configured: runtime.openTelemetryCollector?.otlpValues, environment: environment)
        guard let collector else {
            throw SetupError(
                message: "no sink is configured, so nothing would receive the metrics",
                fix: """
                    add `metricSinks.openTelemetryCollector.collectorUri` to runtime.yaml, or set \
                    OTEL_EXPORTER_OTLP_ENDPOINT
                    """)
        }
        let access = try AzureAccess.make(declaration: declaration, runtime: runtime, environment: environment)
        let configuration = AgentConfiguration(
            declaration: declaration, collection: access.collection, environment: access.environment,
            credential: access.credential,
            destinations: [Destination(name: Destination.collector, settings: collector)],
            batching: runtime.metricsBatching, sumsAs: access.sumsAs,
            maximumAge: runtime.state.maximumAge, retryCap: runtime.openTelemetryCollector?.retryCap ?? .seconds(60))
        return (configuration, warnings)
    }
}

extension AzureAccess {
    /// Puts together what the files say about Azure; no collector is needed.
    /// - Throws: ``SetupError``.
    public static func make(
        declaration: MetricsDeclaration, runtime: RuntimeConfiguration, environment variables: [String: String]
    ) throws(SetupError) -> AzureAccess {
        // Without a collector the defaults of one: its address is not used.
        let (collector, _) = OTLPSettings.resolve(
            configured: runtime.openTelemetryCollector?.otlpValues ?? OTLPConfiguredValues(), environment: variables)
        return AzureAccess(
            declaration: declaration, collection: runtime.collection,
            environment: try azureEnvironment(of: declaration.azure.cloud),
            credential: ServicePrincipalSecret(
                tenantID: declaration.azure.tenantID, clientID: runtime.identity.applicationID,
                secret: runtime.identity.secret.value),
            mapping: collector?.mapping ?? OTLPMapping(), batching: runtime.metricsBatching,
            sumsAs: runtime.openTelemetryCollector?.sumsAs ?? .gauge)
    }

    private static func azureEnvironment(of cloud: DeclaredCloud) throws(SetupError) -> AzureEnvironment {
        do throws(AzureError) {
            return try AzureEnvironment(cloud)
        } catch {
            throw SetupError(message: error.message, fix: error.remedy, isAboutDeclaration: true)
        }
    }
}

extension CollectorSettings {
    /// The same in the exporter's words.
    var otlpValues: OTLPConfiguredValues {
        OTLPConfiguredValues(
            collectorURI: collectorURI, headers: headers?.map { ($0.name, $0.value.value) }, timeout: timeout,
            isCompressed: isCompressed,
            tls: tls.map {
                TLSSettings(
                    caFile: $0.caFile, clientCertificateFile: $0.clientCertificateFile, clientKeyFile: $0.clientKeyFile)
            },
            layout: layout == .flat ? .flat : layout.map { _ in .resource },
            pointTime: timestamp == .start ? .start : timestamp.map { _ in .end }, serviceName: serviceName,
            serviceNamespace: serviceNamespace, retryStatus: retryStatus)
    }
}
