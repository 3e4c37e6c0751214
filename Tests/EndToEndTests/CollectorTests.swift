import Foundation
import FoundationNetworking
import TestServers
import Testing

/// Two processes, a real collector and the official decoder: what comes out equals what Azure has.
@Suite(.timeLimit(.minutes(5))) struct CollectorTests {
    /// One declared metric of one resource, written by hand, not read from the declaration.
    struct Row {
        var name: String
        var resource: String
        var metric: String
        var aggregation: String
        var grain: Int64 = 60
        /// Azure's dimension → the label it becomes.
        var dimensions: [String: String] = [:]
        /// Only series with this value of the only dimension, which is then no label.
        var only: String?
    }

    static let rows: [Row] = [
        Row(
            name: "azure_vm_cpu_percent", resource: "rg-shop/Microsoft.Compute/virtualMachines/vm-web-1",
            metric: "Percentage CPU", aggregation: "average"),
        Row(
            name: "azure_vm_cpu_percent", resource: "rg-shop/Microsoft.Compute/virtualMachines/vm-web-2",
            metric: "Percentage CPU", aggregation: "average"),
        Row(
            name: "azure_vm_cpu_percent", resource: "rg-shop/Microsoft.Compute/virtualMachines/vm-spare",
            metric: "Percentage CPU", aggregation: "average"),
        Row(
            name: "azure_vm_cpu_percent_max", resource: "rg-shop/Microsoft.Compute/virtualMachines/vm-web-1",
            metric: "Percentage CPU", aggregation: "maximum"),
        Row(
            name: "azure_vm_network_in_bytes", resource: "rg-shop/Microsoft.Compute/virtualMachines/vm-web-2",
            metric: "Network In Total", aggregation: "total"),
        Row(
            name: "azure_keyvault_api_hits", resource: "rg-shop/Microsoft.KeyVault/vaults/kv-shop",
            metric: "ServiceApiHit", aggregation: "count", dimensions: ["ActivityName": "ActivityName"]),
        Row(
            name: "azure_storage_transactions", resource: "rg-shop-data/Microsoft.Storage/storageAccounts/stshop",
            metric: "Transactions", aggregation: "total",
            dimensions: ["ResponseType": "ResponseType", "ApiName": "ApiName"]),
        Row(
            name: "azure_storage_used_bytes", resource: "rg-shop-data/Microsoft.Storage/storageAccounts/stshop",
            metric: "UsedCapacity", aggregation: "average", grain: 3600),
        Row(
            name: "azure_servicebus_active_messages", resource: "rg-shop/Microsoft.ServiceBus/namespaces/sb-shop",
            metric: "ActiveMessages", aggregation: "average", dimensions: ["EntityName": "entity_name"]),
        Row(
            name: "azure_servicebus_orders_incoming", resource: "rg-shop/Microsoft.ServiceBus/namespaces/sb-shop",
            metric: "IncomingMessages", aggregation: "total", grain: 300, dimensions: ["EntityName": "entity_name"],
            only: "orders"),
        Row(
            name: "azure_plan_cpu_percent", resource: "rg-shop/Microsoft.Web/serverfarms/plan-shop",
            metric: "CpuPercentage", aggregation: "average"),
        Row(
            name: "azure_lb_bytes", resource: "rg-shop/Microsoft.Network/loadBalancers/lb-shop", metric: "ByteCount",
            aggregation: "total", dimensions: ["Direction": "Direction"]),
        Row(
            name: "azure_redis_clients", resource: "rg-shop/Microsoft.Cache/Redis/redis-shop",
            metric: "connectedclients", aggregation: "maximum"),
        Row(
            name: "azure_redis_cache_hits", resource: "rg-shop/Microsoft.Cache/Redis/redis-shop", metric: "cachehits",
            aggregation: "total"),
        Row(
            name: "azure_registry_pulls", resource: "rg-shop/Microsoft.ContainerRegistry/registries/crshop",
            metric: "TotalPullCount", aggregation: "total"),
        Row(
            name: "azure_public_ip_packets", resource: "rg-shop/Microsoft.Network/publicIPAddresses/pip-shop",
            metric: "PacketCount", aggregation: "total", dimensions: ["Direction": "Direction"]),
    ]

    @Test("run --once → rotel → official messages: every value and time equals the truth")
    func throughRotel() async throws {
        let sink = try Child(Paths.python, [Paths.root + "/Tests/Tools/otlp_sink.py"])
        let sinkPort = try #require(await sink.nextLine(), "otlp_sink.py did not start; run: make deps-test")
        let collectorPort = try Self.freePort()
        let collector = try Child(
            try Paths.rotel(),
            [
                "start", "--otlp-http-endpoint", "127.0.0.1:\(collectorPort)", "--otlp-grpc-endpoint",
                "127.0.0.1:\(try Self.freePort())", "--exporter", "otlp", "--otlp-exporter-protocol", "http",
                "--otlp-exporter-endpoint", "http://127.0.0.1:\(sinkPort)",
            ])
        await Self.waitForPort(collectorPort, of: collector)
        let azure = try await SimulatorProcess(collector: "http://127.0.0.1:\(collectorPort)")
        try azure.append("collection:\n  backfill: 00:30:00\n", to: "runtime.yaml")

        let before = Int64(Date().timeIntervalSince1970)
        let once = try await azure.azimuth(["run", "--once"])
        let after = Int64(Date().timeIntervalSince1970)
        #expect(once.status == 0, "\(once)")
        let total = try #require(once.output.first { $0.hasPrefix("total: ") })
        let count = try #require(Int(total.split(separator: " ")[1]))
        #expect(total.contains(" \(count) delivered "))

        var received: [String: [ReceivedPoint]] = [:]
        for _ in 0..<count {
            let line = try #require(await sink.nextLine(), "the collector passed on fewer than \(count) points")
            let point = try ReceivedPoint(json: line)
            received[point.name + " " + point.resourceID, default: []].append(point)
        }
        #expect(await sink.nextLine(timeout: 1) == nil, "the collector passed on more than was delivered")
        #expect(sink.isRunning)

        var compared = 0
        for row in Self.rows {
            let id = Self.id(of: row)
            let points = received[row.name + " " + id.lowercased()] ?? []
            compared += points.count
            var matches = false
            var problem = ""
            for now in Set([before, after]) {
                let truth = try await Self.truth(of: row, now: now, azure: azure)
                let got = Dictionary(points.map { ($0.key(of: row), $0.value) }, uniquingKeysWith: { _, _ in .nan })
                if got == truth && got.count == points.count { matches = true }
                problem = "\(points.count) points, truth \(truth.count)"
            }
            #expect(matches, "\(row.name) of \(row.resource): \(problem)")
        }
        #expect(compared > 1000, "\(compared)")
    }

    /// What Azure has for `row` in the window that the rules give an agent born at `now` with half an hour of backfill.
    static func truth(of row: Row, now: Int64, azure: SimulatorProcess) async throws -> [String: Double] {
        let settle = max(180, min(row.grain, 600))
        let end = (now - settle) / row.grain * row.grain
        let start = (end - max(1800, row.grain)) / row.grain * row.grain
        let answer = try await azure.get(
            "/simulator/truth",
            [
                "resource": id(of: row), "metric": row.metric, "aggregation": row.aggregation,
                "interval": row.grain == 3600 ? "PT1H" : "PT\(row.grain / 60)M",
                "start": iso(start), "end": iso(end), "dimensions": row.dimensions.keys.sorted().joined(separator: ","),
            ], as: Truth.self)
        var truth: [String: Double] = [:]
        for series in answer.series {
            if let only = row.only, !series.dimensions.values.contains(only) { continue }
            let labels = series.dimensions.map { "\(row.dimensions[$0.key] ?? $0.key)=\($0.value)" }.sorted()
            for value in series.values {
                let start = Int64(
                    try #require(ISO8601DateFormatter().date(from: value.timeStamp)).timeIntervalSince1970)
                truth["\(labels) \(start) \(start + row.grain)"] = value.value
            }
        }
        return truth
    }

    private struct Truth: Decodable {
        struct Series: Decodable {
            var dimensions: [String: String]
            var values: [Value]
        }
        struct Value: Decodable {
            var timeStamp: String
            var value: Double
        }
        var series: [Series]
    }

    static func id(of row: Row) -> String {
        let parts = row.resource.split(separator: "/", maxSplits: 1)
        return "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/\(parts[0])/providers/\(parts[1])"
    }

    private static func iso(_ seconds: Int64) -> String {
        ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
    }

    /// A port that nobody listens on, chosen by the kernel: rotel takes no port 0.
    static func freePort() throws -> UInt16 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(socket, raw, length) == 0 ? getsockname(socket, raw, &length) : -1
            }
        }
        try #require(status == 0)
        return UInt16(bigEndian: address.sin_port)
    }

    /// Returns when something listens on `port`.
    static func waitForPort(_ port: UInt16, of child: Child) async {
        let isThere = await onThread {
            let deadline = Date(timeIntervalSinceNow: 20)
            while Date() < deadline, child.isRunning {
                if isListening(port) { return true }
                usleep(20_000)
            }
            return false
        }
        #expect(isThere, "nothing listens on port \(port)")
    }

    private static func isListening(_ port: UInt16) -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                connect(socket, raw, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// A point as the official decoder printed it.
struct ReceivedPoint: Decodable {
    var name: String
    var resource: [String: String]
    var attributes: [String: String]
    var start: Int64
    var time: Int64
    var value: Double

    init(json line: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(line.utf8))
    }

    var resourceID: String { resource["cloud.resource_id"] ?? "" }

    /// Dimension labels, start and end: the same text as the truth's.
    func key(of row: CollectorTests.Row) -> String {
        let labels = row.dimensions.values.compactMap { name in attributes[name].map { "\(name)=\($0)" } }.sorted()
        return "\(labels) \(start) \(time)"
    }
}
