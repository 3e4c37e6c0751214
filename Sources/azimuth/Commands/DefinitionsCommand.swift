import Agent
import ArgumentParser
import AzureMonitor
import Declaration
import HTTPTransport
import MetricModel

struct DefinitionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "definitions",
        abstract: "Lists what can be scraped from a resource: metrics, units, intervals, aggregations, dimensions.",
        discussion: """
            Asks Azure about a resource by its id, or about the resources of a declared metric. Tenant, cloud and identity
            are those of the files; a collector is not needed.
            Exit codes: 0 ok, 1 a resource could not be read, 2 invalid files or no such metric, 3 no folder, 4 a file is
            missing.

            Example:
              azimuth definitions azure_vm_cpu_percent --config ./config
              azimuth definitions /subscriptions/0b1f…/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv --config ./config
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Argument(help: "The id of a resource (/subscriptions/…), or the name of a declared metric.")
    var subject: String

    @OptionGroup var files: ConfigurationOptions

    @Option(help: "A metric namespace of the resource, instead of the platform's.")
    var namespace: String?

    @Option(help: "table, or json: one object a resource and line.")
    var format = Format.table

    func run() async throws {
        let (access, file) = try files.azureAccess()
        let resources = try resources(access, file: file)
        let http = CurlClient(userAgent: "azimuth/\(Agent.version)")
        defer { http.shutdown() }
        let client = access.client(http, clock: SystemClock()).0
        var listings: [DefinitionsText] = []
        for resource in resources {
            do throws(AzureError) {
                listings.append(try await listing(of: resource, client))
            } catch {
                Output.error("azimuth: error: \(error.explanation)")
            }
        }
        switch format {
        case .json: listings.forEach { Output.standard($0.json) }
        case .table:
            for (index, listing) in DefinitionsText.merged(listings).enumerated() {
                if index > 0 { Output.standard("") }
                listing.lines(width: Terminal.width).forEach(Output.standard)
            }
        }
        if listings.count < resources.count { throw ExitCode.failure }
    }

    private func listing(
        of resource: ResourceID, _ client: AzureMonitorClient
    ) async throws(AzureError) -> DefinitionsText {
        DefinitionsText(
            resources: [resource], namespace: namespace ?? resource.type,
            definitions: try await client.metricDefinitions(of: resource, namespace: namespace),
            namespaces: try await client.metricNamespaces(of: resource))
    }

    /// The resource with that id, or those of the metric with that name.
    private func resources(_ access: AzureAccess, file: String) throws -> [ResourceID] {
        let lowered = subject.lowercased()
        if lowered.hasPrefix("/subscriptions/") || lowered.hasPrefix("subscriptions/") {
            let id = ResourceID(subject)
            guard !id.type.isEmpty, id.type.contains("/") else {
                Output.error(
                    """
                    azimuth: error: `\(subject)` is no id of a resource; \
                    write /subscriptions/…/resourceGroups/…/providers/NAMESPACE/TYPE/NAME
                    """)
                throw ExitCode(2)
            }
            return [id]
        }
        var seen: Set<ResourceID> = []
        return try access.metric(named: subject, file: file).resources.map(\.resource.id)
            .filter { seen.insert($0).inserted }
    }
}
