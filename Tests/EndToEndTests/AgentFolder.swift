import Foundation
import TestServers
import Testing

/// A configuration folder: three metrics of three resources in two schedules, four points in all.
final class AgentFolder: Sendable {
    static let secret = "only+for/the~simulator"
    /// What arrives when nothing is wrong: points by metric.
    static let everything = ["vm_cpu": 2, "vm_network": 1, "redis_clients": 1]

    let path: String
    /// Kept, because they stop when nobody holds them.
    private let servers: [any LocalServer]

    /// A declaration and a runtime configuration that fit these two.
    /// - Parameter isBatching: Whether resources may share a call; else each is asked about by its own URL.
    init(azure: any LocalServer, collector: any LocalServer, isBatching: Bool = true) throws {
        servers = [azure, collector]
        path = try Paths.temporaryFolder()
        try write(Self.declaration(azure: azure.baseURL), to: "metrics-declaration.yaml")
        let oneByOne = "azureMonitor: {integration: {metricsBatching: {enabled: false}}}\n"
        try write(
            Self.runtime(collector: collector.baseURL) + (isBatching ? "" : oneByOne), to: "runtime.yaml")
    }

    /// Valid files that lead nowhere.
    convenience init() throws { try self.init(azure: NoServer(), collector: NoServer()) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

    func write(_ data: Data, to name: String) throws { try data.write(to: URL(fileURLWithPath: file(name))) }

    /// Replaces a piece of one of the files.
    func edit(_ name: String, _ old: String, _ new: String) throws {
        let text = try String(contentsOfFile: file(name), encoding: .utf8)
        try #require(text.contains(old), "\(name) has no \(old)")
        try write(text.replacingOccurrences(of: old, with: new), to: name)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name)) }

    /// Starts `azimuth` with this folder and the simulator's identity.
    func start(_ arguments: [String]) throws -> Child { try start(exactly: arguments + ["--config", path]) }

    /// `azimuth` with this folder to its end. Wherever it writes the secret, the test fails.
    func azimuth(_ arguments: [String], secret: String = AgentFolder.secret, measuresMemory: Bool = false) async throws
        -> Ended
    {
        try await azimuth(exactly: arguments + ["--config", path], secret: secret, measuresMemory: measuresMemory)
    }

    /// As ``azimuth(_:secret:measuresMemory:)``, without saying where the folder is.
    func azimuth(
        exactly arguments: [String], secret: String = AgentFolder.secret, environment: [String: String] = [:],
        measuresMemory: Bool = false
    ) async throws -> Ended {
        let ended = try await start(
            exactly: arguments, secret: secret, environment: environment, measuresMemory: measuresMemory
        ).ended()
        expectNoSecret(in: ended, secret: secret)
        return ended
    }

    private func start(
        exactly arguments: [String], secret: String = AgentFolder.secret, environment: [String: String] = [:],
        measuresMemory: Bool = false
    ) throws -> Child {
        let identity = [
            "AZIMUTH_AUTH_APPID": "ceb249a3-44ce-4c90-8863-6776336f5b7e", "AZIMUTH_AUTH_APPKEY": secret,
        ]
        return try Child(
            Paths.azimuth, arguments, environment: identity.merging(environment) { $1 }, measuresMemory: measuresMemory)
    }

    static func declaration(azure: String) -> String {
        """
        version: v1
        azureMetadata:
          tenantId: c8819874-9e56-4e3f-b1a8-1c0325138f27
          subscriptionId: 0b1f6471-1bf0-4dda-aec3-cb9272f09590
          resourceGroupName: rg-shop
          cloud: Custom
          endpoints:
            authenticationEndpoint: \(azure)
            resourceManagerEndpoint: \(azure)
            managementEndpoint: \(azure)
            graphEndpoint: \(azure)
            metricsQueryAudience: \(azure)
            metricsClientAudience: \(azure)
            logAnalyticsEndpoint: \(azure)
            storageEndpointSuffix: localhost
            keyVaultSuffix: localhost
        metricDefaults:
          aggregation: {interval: 00:01:00}
          scraping: {schedule: "* * * * *"}
        metrics:
          - name: vm_cpu
            description: Processor time in use
            resourceType: VirtualMachine
            azureMetricConfiguration: {metricName: Percentage CPU, aggregation: {type: Average}}
            resources:
              - virtualMachineName: vm-web-1
              - virtualMachineName: vm-web-2
          - name: vm_network
            description: Bytes received
            resourceType: VirtualMachine
            azureMetricConfiguration: {metricName: Network In Total, aggregation: {type: Average}}
            resources:
              - virtualMachineName: vm-web-1
          - name: redis_clients
            description: Connected clients
            resourceType: RedisCache
            azureMetricConfiguration: {metricName: connectedclients, aggregation: {type: Maximum}}
            scraping: {schedule: "*/5 * * * *"}
            resources:
              - cacheName: redis-shop

        """
    }

    static func runtime(collector: String) -> String {
        """
        authentication:
          mode: ServicePrincipal
        metricSinks:
          openTelemetryCollector:
            collectorUri: \(collector)
        server: {httpPort: 0}

        """
    }
}

/// Fails where `ended` shows the secret, plain or as it stands in a form.
func expectNoSecret(in ended: Ended, secret: String = AgentFolder.secret) {
    let encoded = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? secret
    for text in [secret, encoded, secret.replacingOccurrences(of: "+", with: "%2B")] {
        #expect(!ended.description.contains(text), "the secret is shown:\n\(ended)")
    }
}
