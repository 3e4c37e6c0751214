import Testing

/// `otel-configs/` against what the collector's sources say, and against the rest of the pipeline.
@Suite struct CollectorConfigTests {
    static let files = ["otel-configs/collector.yaml", "otel-configs/collector-durable.yaml"]
    private static let sections = ["extensions", "receivers", "processors", "exporters"]

    @Test("every component and key is one that the collector knows, with a value that it takes", arguments: files)
    func keys(path: String) throws {
        let file = try DeploymentFile(path)
        #expect(Set(file.leaves().keys.compactMap { $0.split(separator: ".").first }).isSubset(of: Set(Self.all)))
        for section in Self.sections {
            for name in file.names(section) {
                let type = name.split(separator: "/").first.map(String.init)
                let known = CollectorComponent.all.first { $0.section == section && $0.type == type }
                let component = try #require(known, "\(section): \(name) is not in the table")
                #expect(!component.sources.isEmpty)
                let leaves = file.leaves(section, name)
                for (key, value) in leaves {
                    let kind = try #require(component.keys[key], "\(section).\(name) has no key \(key)")
                    #expect(kind.holds(value), "\(section).\(name).\(key): \(value)")
                }
                for key in component.required { #expect(leaves[key] != nil, "\(section).\(name) lacks \(key)") }
            }
        }
    }

    private static let all = (sections + ["service"]).map { Substring($0) }

    @Test("what is defined is used, what is used is defined, and there is one pipeline, for metrics", arguments: files)
    func wiring(path: String) throws {
        let file = try DeploymentFile(path)
        #expect(file.names("service", "pipelines") == ["metrics"])
        #expect(Set(file.names("service")).isSubset(of: ["extensions", "pipelines"]))
        #expect(file.names("service", "pipelines", "metrics") == ["receivers", "processors", "exporters"])
        for section in ["receivers", "processors", "exporters"] {
            #expect(file.list("service", "pipelines", "metrics", section) == file.names(section))
        }
        #expect(file.list("service", "extensions") == file.names("extensions"))
        // Backpressure reaches the receiver only from the first processor (memorylimiterprocessor/README.md).
        #expect(file.list("service", "pipelines", "metrics", "processors").first == "memory_limiter")
        let limits = file.leaves("processors", "memory_limiter")
        let (hard, spike) = (Int(limits["limit_mib"] ?? ""), Int(limits["spike_limit_mib"] ?? ""))
        #expect(try #require(spike) < #require(hard))
    }

    @Test("the exporter for Prometheus keeps the values' own times and says which resource they are of")
    func prometheus() throws {
        let leaves = try DeploymentFile(Self.files[0]).leaves("exporters", "prometheus")
        #expect(leaves["send_timestamps"] == "true")
        #expect(leaves["resource_to_telemetry_conversion.enabled"] == "true")
        // Hourly metrics are the widest that are common.
        #expect(leaves["metric_expiration"] == "2h")
    }

    @Test("nothing that is acknowledged is held in memory alone, and nothing is given up")
    func durable() throws {
        let file = try DeploymentFile(Self.files[1])
        #expect(!file.names("processors").contains("batch"))
        let leaves = file.leaves("exporters", "otlphttp")
        let storage = try #require(leaves["sending_queue.storage"])
        #expect(file.names("extensions") == [storage] && file.list("service", "extensions") == [storage])
        #expect(leaves["retry_on_failure.max_elapsed_time"] == "0s" && leaves["sending_queue.num_consumers"] == "1")
    }

    @Test("the agent's collector, the collector's receiver, and Prometheus meet on the same ports")
    func ports() throws {
        let collector = try DeploymentFile(Self.files[0])
        let receiver = try #require(collector.leaves("receivers", "otlp")["protocols.http.endpoint"])
        for path in ["compose/simulated/runtime.yaml", "compose/azure/runtime.yaml"] {
            let uri = try DeploymentFile(path).text("metricSinks", "openTelemetryCollector", "collectorUri")
            #expect(uri == "http://collector:" + (receiver.split(separator: ":").last ?? ""))
        }
        let exporter = try #require(collector.leaves("exporters", "prometheus")["endpoint"])
        let scrape = try DeploymentFile("compose/prometheus.yml").leaves("scrape_configs")
        #expect(scrape["0.static_configs.0.targets.0"] == "collector:" + (exporter.split(separator: ":").last ?? ""))
        #expect(scrape["0.honor_labels"] == "true" && scrape["0.honor_timestamps"] == "true")
    }
}
