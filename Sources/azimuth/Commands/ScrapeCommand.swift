import Agent
import ArgumentParser
import Declaration
import HTTPTransport
import MetricModel
import OTLPExporter

struct ScrapeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrape",
        abstract: "Reads one declared metric now and shows it; nothing is pushed or stored.",
        discussion: """
            Shows the newest settled buckets of every series, and those that have ended but may still change. In
            --format otlp-json it is the request that would be pushed: settled values only. runtime.yaml needs no collector.
            Exit codes: 0 ok, 1 a resource could not be read, 2 invalid files or no such metric or resource, 3 no folder,
            4 a file is missing.

            Example:
              azimuth scrape azure_vm_cpu_percent --config ./config
              azimuth scrape azure_vm_cpu_percent --resource vm-web-1 --buckets 60 --format json --config ./config
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
        case otlpJSON = "otlp-json"
    }

    @Argument(help: "The name of a metric in the declaration.")
    var metric: String

    @OptionGroup var files: ConfigurationOptions

    @Option(help: "Only this resource of the metric, by its name or its id; may be repeated.")
    var resource: [String] = []

    @Option(help: "How many settled buckets of each series, 1 to \(MetricScrape.maximumBuckets).")
    var buckets = 5

    @Option(help: "table, json (one object a resource and line) or otlp-json.")
    var format = Format.table

    func validate() throws {
        guard (1...MetricScrape.maximumBuckets).contains(buckets) else {
            throw ValidationError("--buckets must be a number from 1 to \(MetricScrape.maximumBuckets)")
        }
    }

    func run() async throws {
        let (access, file) = try files.azureAccess()
        var declared = try access.metric(named: metric, file: file)
        declared.resources = try chosen(of: declared)
        let client = CurlClient(userAgent: "azimuth/\(Agent.version)")
        defer { client.shutdown() }
        let scrapes = try await MetricScrape(
            declared, access: access, bucketCount: buckets, client: client, clock: SystemClock()
        ).run()
        switch format {
        case .table:
            ScrapeText(metric: declared, scrapes: scrapes).lines(width: Terminal.width).forEach(Output.standard)
        case .json: ScrapeText(metric: declared, scrapes: scrapes).json.forEach(Output.standard)
        case .otlpJSON: try requests(scrapes, mapping: access.mapping).forEach(Output.standard)
        }
        let failed = scrapes.filter { $0.failure != nil }
        for scrape in failed {
            Output.error("azimuth: error: \(metric) of \(scrape.resource.id.name): \(scrape.failure ?? "")")
        }
        if !failed.isEmpty { throw ExitCode.failure }
    }

    private func chosen(of metric: DeclaredMetric) throws -> [DeclaredResource] {
        if resource.isEmpty { return metric.resources }
        let wanted = resource.map { $0.lowercased() }
        func names(_ declared: DeclaredResource) -> Set<String> {
            let resource = declared.resource
            return [
                resource.id.name.lowercased(), resource.instanceName.lowercased(), resource.id.canonical,
                String(resource.id.canonical.dropFirst()),
            ]
        }
        for name in wanted where !metric.resources.contains(where: { names($0).contains(name) }) {
            let known = metric.resources.map(\.resource.id.name)
            let fix = Suggestion.fix(for: name, among: known) ?? "it has " + known.prefix(20).joined(separator: ", ")
            Output.error("azimuth: error: the metric `\(self.metric)` has no resource `\(name)`; \(fix)")
            throw ExitCode(2)
        }
        return metric.resources.filter { !names($0).isDisjoint(with: wanted) }
    }

    /// What would be pushed, one request a line; nothing when there is nothing to push.
    private func requests(_ scrapes: [ResourceScrape], mapping: OTLPMapping) throws -> [String] {
        var mapping = mapping
        mapping.isCompressed = false
        let batch = MetricBatch(
            resources: scrapes.compactMap { scrape in
                scrape.pushed.map { ResourceMetrics(resource: scrape.resource, metrics: [$0]) }
            })
        return try OTLPEncoder(mapping).encode(batch).map(OTLPJSON.text)
    }
}
