import AzureMonitor
import AzureSimulator
import Declaration
import HTTPTransport
import MetricModel
import OTLPExporter
import OTLPReceiver
import StateStore
import Testing

@testable import Agent

/// The whole agent against the simulated Azure, over sockets, on a clock that steps by the hour.
@Suite(.timeLimit(.minutes(5))) struct DefinitionsOverADayTests {
    private let clock = SteppedClock(start: Timestamp(seconds: 1_927_886_400))

    private func declaration(_ azure: AzureSimulator, tenantID: String) throws -> MetricsDeclaration {
        let names = ["authentication", "resourceManager", "management", "graph"].map { "\($0)Endpoint" }
        let endpoints = names + ["metricsQueryAudience", "metricsClientAudience", "logAnalyticsEndpoint"]
        func metric(_ name: String, _ type: String, _ azureName: String, _ resources: String, _ more: String) -> String
        {
            """
              - name: \(name)
                description: d
                resourceType: \(type)
                azureMetricConfiguration: {metricName: \(azureName), aggregation: {type: Average, interval: 00:05:00}}
                \(more)
                resources: \(resources)

            """
        }
        let text =
            """
            version: v1
            azureMetadata:
              tenantId: \(tenantID)
              subscriptionId: \(Estate.standardSubscription)
              resourceGroupName: rg-shop
              cloud: Custom
              endpoints:
                storageEndpointSuffix: localhost
                keyVaultSuffix: localhost
            \(endpoints.map { "    \($0): \(azure.baseURL)" }.joined(separator: "\n"))
            metricDefaults:
              scraping: {schedule: "30 * * * *"}
            metrics:

            """
            + metric(
                "cpu", "VirtualMachine", "percentage cpu",
                "[{virtualMachineName: vm-web-1}, {virtualMachineName: vm-web-2}]", "")
            + metric(
                "disk", "VirtualMachine", "Data Disk Read Bytes/sec", "[{virtualMachineName: vm-web-2}]",
                "scraping: {schedule: \"15 * * * *\"}")
            + metric(
                "used", "StorageAccount", "UsedCapacity",
                "[{accountName: stshop, resourceGroupName: rg-shop-data}]", "")
        let (declaration, problems) = DeclarationLoader.load(
            bytes: Array(text.utf8), file: "m", environment: [:], strict: false)
        return try #require(declaration, "\(problems)")
    }

    /// What is counted of the journal.
    private func count(_ route: String, of azure: AzureSimulator) -> Int {
        azure.journal.count { $0.route == route }
    }

    @Test("one definitions call a type and day, whatever the schedules; grains are the offered ones")
    func oncePerTypeAndDay() async throws {
        var options = SimulatorOptions()
        options.start = clock.systemNow
        let azure = try AzureSimulator(options: options, clock: clock)
        defer { azure.stop() }
        let receiver = try OTLPReceiver()
        defer { receiver.stop() }
        let http = CurlClient(userAgent: "azimuth-tests")
        defer { http.shutdown() }
        let configuration = AgentConfiguration(
            declaration: try declaration(azure, tenantID: options.tenantID), collection: CollectionDefaults(),
            environment: try AzureEnvironment(
                authenticationEndpoint: azure.baseURL, metricsQueryAudience: azure.baseURL),
            credential: ServicePrincipalSecret(
                tenantID: options.tenantID, clientID: options.clientID, secret: options.clientSecret),
            destinations: [
                Destination(
                    name: Destination.collector,
                    settings: OTLPSettings(endpoint: "http://127.0.0.1:\(receiver.port)/v1/metrics"))
            ])
        // Rows are dated by the clock by which they grow old.
        let store = try StateStore(
            StateStoreSettings(folder: nil, maxSize: 64 << 20, destinations: [Destination.collector]),
            now: { [clock] in clock.systemNow })
        let (cycles, sink) = AsyncStream<CycleReport>.makeStream()
        let agent = try Agent(configuration, store: store, client: http, clock: clock) { event in
            if case .cycle(let report) = event { sink.yield(report) }
        }
        let notices = Lock<[PairNotice]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Nobody waits for that hour: the agent is cancelled.
            group.addTask { try await agent.run(until: { try await Task.sleep(for: .seconds(3600)) }, grace: .zero) }
            var arriving = cycles.makeAsyncIterator()
            /// One cycle of each schedule, then asleep again: two loops, the background reading and the notes of progress.
            func pass() async {
                for _ in 0..<2 {
                    guard let report = await arriving.next() else { return }
                    notices.withLock { $0 += report.notices }
                    #expect(report.failures.isEmpty, "\(report.failures)")
                }
                while !Task.isCancelled, clock.sleeperCount < 4 { await Task.yield() }
            }
            await pass()
            #expect(count("metricDefinitions", of: azure) == 2)
            for _ in 0..<23 {
                clock.advance(by: .seconds(3600))
                await pass()
            }
            #expect(count("metricDefinitions", of: azure) == 2, "nothing is asked again within a day")
            for _ in 0..<3 {
                clock.advance(by: .seconds(3600))
                await pass()
            }
            #expect(count("metricDefinitions", of: azure) == 4)
            try await agent.waitUntilDelivered()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        let queries = azure.journal.filter { $0.route == "metricsBatch" }.map(\.query)
        #expect(queries.count > 26 * 3 && queries.allSatisfy { $0.contains("PT5M") || $0.contains("PT1H") })
        #expect(queries.allSatisfy { $0.contains("UsedCapacity") == $0.contains("interval=PT1H") })
        #expect(notices.withLock { $0.map(\.metric) } == ["used"], "one warning a metric, not one a cycle")
        let used = receiver.points().filter { $0.metricName == "used" }
        #expect(used.allSatisfy { $0.time.seconds - $0.startTime.seconds == 3600 })
        #expect(used.count == 27, "\(used.map(\.time))")
    }
}
