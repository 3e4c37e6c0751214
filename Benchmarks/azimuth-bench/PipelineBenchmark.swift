import Agent
import AzureMonitor
import Declaration
import HTTPTransport
import MetricModel
import OTLPExporter
import StateStore

#if canImport(Glibc)
    import Glibc
#endif

/// JSON answers in, OTLP gzip bytes out: everything an agent does but the network.
struct PipelineBenchmark {
    let answers: CannedAnswers

    private var resourceCount: Int { answers.lines.count }
    private var metricCount: Int { answers.metricCount }
    private var bucketCount: Int { answers.bucketCount }

    /// What one run cost.
    struct Cost {
        var points: Int
        /// Of processor time.
        var seconds: Double
        var bytes: Int
        var peakMegabytes: Int

        var description: String {
            "pipeline: \(points) points in \(rounded(seconds)) s CPU = \(Int(Double(points) / seconds)) points/s, "
                + "\(rounded(Double(bytes) / Double(points))) bytes/point, peak RSS \(peakMegabytes) MB"
        }
    }

    /// One `--once` over all resources, and what it cost.
    func run() async throws -> Cost {
        let clock = SteppedClock(start: CannedAnswers.now)
        let wire = CannedWire(answers)
        let configuration = try configuration()
        let store = try StateStore.inMemory(
            maxSize: 1 << 30, destinations: configuration.destinations.map(\.name))
        let agent = try Agent(configuration, store: store, client: wire, clock: clock) { _ in }
        let before = Usage.now
        let reports = try await clock.whileTimePasses { try await agent.runOnce(grace: .seconds(60)) }
        let after = Usage.now
        let points = reports.reduce(0) { $0 + $1.pointCount }
        guard points == resourceCount * metricCount * bucketCount, agent.delivery.acceptedPoints == points else {
            throw BenchmarkError(description: "\(points) points decided, \(agent.delivery.acceptedPoints) delivered")
        }
        return Cost(
            points: points, seconds: after.processor - before.processor, bytes: wire.bytesOut,
            peakMegabytes: after.peakMegabytes)
    }

    private func configuration() throws -> AgentConfiguration {
        var text = """
            version: v1
            azureMetadata: {tenantId: t, subscriptionId: s, resourceGroupName: g}
            metricDefaults: {aggregation: {interval: 00:01:00}, scraping: {schedule: "* * * * *"}}
            metrics:

            """
        let resources = (0..<resourceCount).map { "{virtualMachineName: vm-\($0)}" }.joined(separator: ", ")
        for metric in 0..<metricCount {
            text += """
                - name: azure_metric_\(metric)
                  description: a metric
                  resourceType: VirtualMachine
                  azureMetricConfiguration: {metricName: Metric \(metric), aggregation: {type: Average}}
                  resources: [\(resources)]

                """
        }
        let (declaration, problems) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "bench", environment: [:], strict: false)
        guard let declaration else { throw BenchmarkError(description: "\(problems)") }
        let (collector, _) = OTLPSettings.resolve(
            configured: OTLPConfiguredValues(collectorURI: "http://localhost:4318"), environment: [:])
        guard let collector else { throw BenchmarkError(description: "no collector") }
        return AgentConfiguration(
            declaration: declaration,
            collection: CollectionDefaults(backfill: .seconds(60 * bucketCount), catchUp: .seconds(86_400)),
            environment: .publicCloud,
            credential: ServicePrincipalSecret(tenantID: "t", clientID: "c", secret: "s"),
            destinations: [Destination(name: Destination.collector, settings: collector)])
    }
}

/// Why a benchmark's figures would be worthless.
struct BenchmarkError: Error, CustomStringConvertible {
    var description: String

    static let usage = BenchmarkError(
        description:
            "usage: azimuth-bench [write FILE | read FILE | growth RESOURCES FOLDER | week FOLDER | ledger FOLDER]")
}

/// What the process has used so far.
struct Usage {
    /// Seconds of user and system time.
    var processor: Double
    var peakMegabytes: Int

    static var now: Usage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let micro = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        return Usage(
            processor: Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + micro,
            peakMegabytes: usage.ru_maxrss / 1024)
    }

    /// Of this process, as of now.
    static var residentMegabytes: Double {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 128)
        fgets(&text, 128, file)
        let words = String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return (words.count > 1 ? Double(words[1]) ?? 0 : 0) * Double(getpagesize()) / 1e6
    }
}

/// Two digits behind the point.
func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
}
