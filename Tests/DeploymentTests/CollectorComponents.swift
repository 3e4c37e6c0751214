/// What the collector's own sources say about the components that our configurations use.
///
/// A collector refuses a key that it does not know, and no collector runs in these tests: the table stands in for it.
struct CollectorComponent: Sendable {
    /// What a value must look like.
    enum Kind: Sendable {
        case boolean, count, duration, address, url, folder, name
        case word([String])

        func holds(_ text: String) -> Bool {
            switch self {
            case .boolean: text == "true" || text == "false"
            case .count: Int(text).map { $0 > 0 } ?? false
            // Go's time.ParseDuration.
            case .duration: text.wholeMatch(of: /([0-9]+(ms|s|m|h))+/) != nil
            case .address: text.wholeMatch(of: /[a-z0-9.]+:[0-9]{2,5}/) != nil
            case .url: text.wholeMatch(of: /https?:\/\/[a-z0-9.]+(:[0-9]{2,5})?(\/[a-z0-9\/]*)?/) != nil
            case .folder: text.hasPrefix("/")
            case .name: text.wholeMatch(of: /[a-z_]+(\/[a-z_]+)?/) != nil
            case .word(let words): words.contains(text)
            }
        }
    }

    let section: String
    let type: String
    /// By path below the component's name.
    let keys: [String: Kind]
    /// Those without which it does not start.
    let required: [String]
    /// Repository (core = opentelemetry-collector, contrib = opentelemetry-collector-contrib), file and commit that were read.
    let sources: [String]

    static let all = [
        CollectorComponent(
            section: "receivers", type: "otlp", keys: ["protocols.http.endpoint": .address],
            required: ["protocols.http.endpoint"],
            sources: [
                "core config/confighttp/server.go 015297000a57", "core receiver/otlpreceiver/README.md 03e40f02f7c2",
            ]),
        CollectorComponent(
            section: "processors", type: "memory_limiter",
            keys: ["check_interval": .duration, "limit_mib": .count, "spike_limit_mib": .count],
            required: ["check_interval", "limit_mib"],
            sources: ["core processor/memorylimiterprocessor/README.md 0ce1723b38c8"]),
        CollectorComponent(
            section: "processors", type: "batch", keys: ["timeout": .duration, "send_batch_size": .count], required: [],
            sources: ["core processor/batchprocessor/README.md 01bdff5df26d"]),
        CollectorComponent(
            section: "exporters", type: "prometheus",
            keys: [
                "endpoint": .address, "resource_to_telemetry_conversion.enabled": .boolean, "send_timestamps": .boolean,
                "metric_expiration": .duration,
            ],
            required: ["endpoint"],
            sources: [
                "contrib exporter/prometheusexporter/config.go 0827c30acae7",
                "contrib exporter/prometheusexporter/accumulator.go 095cbd96583a",
            ]),
        CollectorComponent(
            section: "exporters", type: "otlphttp",
            keys: [
                "endpoint": .url, "sending_queue.storage": .name,
                "sending_queue.sizer": .word(["requests", "items", "bytes"]), "sending_queue.queue_size": .count,
                "sending_queue.num_consumers": .count, "retry_on_failure.initial_interval": .duration,
                "retry_on_failure.max_interval": .duration, "retry_on_failure.max_elapsed_time": .duration,
            ],
            required: ["endpoint"],
            sources: [
                "core exporter/otlphttpexporter/config.go 04057652040f",
                "core exporter/exporterhelper/internal/queuebatch/config.go 0008bd9fb8b1",
                "core config/configretry/backoff.go 0dfa78636bcb",
            ]),
        CollectorComponent(
            section: "extensions", type: "file_storage",
            keys: ["directory": .folder, "create_directory": .boolean, "fsync": .boolean], required: ["directory"],
            sources: ["contrib extension/storage/filestorage/README.md 081fceadc7dc"]),
    ]
}
