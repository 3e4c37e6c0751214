import Agent
import Declaration
import MetricModel
import OTLPExporter
import TerminalText

/// What `scrape` found, for people and for programs.
struct ScrapeText {
    let metric: DeclaredMetric
    let scrapes: [ResourceScrape]

    private var read: [ResourceScrape] { scrapes.filter { $0.failure == nil } }

    // MARK: Table

    /// A heading, the buckets in rising time, and what is not settled yet.
    func lines(width: Int?) -> [String] {
        guard let first = read.first else { return [] }
        let names = labelNames
        let numbers = read.flatMap(\.series).flatMap(\.buckets).compactMap(\.value)
        let decimals = NumberText.decimals(for: numbers)
        var table = TextTable(
            [.init("RESOURCE")] + names.map { .init($0.uppercased()) } + [
                .init("START"), .init("END"), .init("VALUE", .right), .init("UNIT"), .init("STATE"),
            ])
        for scrape in read {
            for series in scrape.series {
                let labels = names.map { name in series.labels.first { $0.name == name }?.value ?? "" }
                for bucket in series.buckets {
                    let end = bucket.start + scrape.metric.grain.duration
                    table.add(
                        [scrape.resource.id.name] + labels + [
                            minute(bucket.start), minute(end),
                            bucket.value.map { NumberText.text($0, decimals: decimals) } ?? "-", unit(scrape),
                            state(bucket, end: end, scrape),
                        ])
                }
            }
        }
        let empty = read.filter(\.series.isEmpty).map { "\($0.resource.id.name): Azure has no series in this time" }
        let hasRows = empty.count < read.count
        return [heading(first), ""] + (hasRows ? table.lines(width: width) : []) + empty + footer
    }

    private func heading(_ first: ResourceScrape) -> String {
        let grains = Set(read.map(\.metric.grain)).sorted().map(\.description).joined(separator: ", ")
        let count = scrapes.count == 1 ? "1 resource" : "\(scrapes.count) resources"
        let isOther = metric.requestedGrain.map { wanted in read.contains { $0.metric.grain != wanted } } ?? false
        let declared = isOther ? " (declared: \(metric.requestedGrain ?? first.metric.grain))" : ""
        return "\(metric.descriptor.name): \(first.metric.aggregation.declaredName) of \(metric.azureMetricName), "
            + "\(grains)\(declared), \(count). Times are UTC"
    }

    private var footer: [String] {
        guard let open = read.first(where: { !openBuckets($0).isEmpty }) else { return [] }
        let wait = open.settle.components.seconds
        let words = wait % 60 == 0 ? "\(wait / 60) min" : "\(wait) s"
        return [
            "",
            "A bucket is settled \(words) after its end. Until then its value may still change, and it is not pushed.",
        ]
    }

    private func openBuckets(_ scrape: ResourceScrape) -> [ResourceScrape.Bucket] {
        scrape.series.flatMap(\.buckets).filter { $0.start + scrape.metric.grain.duration > scrape.settledUntil }
    }

    private func state(_ bucket: ResourceScrape.Bucket, end: Timestamp, _ scrape: ResourceScrape) -> String {
        if end > scrape.settledUntil { return "not settled until \(clock(end + scrape.settle))" }
        return bucket.value == nil ? "settled, no value" : "settled"
    }

    private func unit(_ scrape: ResourceScrape) -> String { UCUM.unit(azure: scrape.unit) }

    /// In the order in which they first appear.
    private var labelNames: [String] {
        var names: [String] = []
        for name in read.flatMap(\.series).flatMap(\.labels).map(\.name) where !names.contains(name) {
            names.append(name)
        }
        return names
    }

    /// `2031-02-03 04:05`: buckets begin and end on whole minutes.
    private func minute(_ time: Timestamp) -> String {
        let text = time.description
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
    }

    private func clock(_ time: Timestamp) -> String { String(time.description.dropFirst(11).prefix(8)) }

    // MARK: JSON

    /// One object a resource.
    var json: [String] { scrapes.map(object) }

    private func object(_ scrape: ResourceScrape) -> String {
        let grain = scrape.metric.grain
        var members = [
            "\"metric\":\(jsonString(metric.descriptor.name))",
            "\"azureMetric\":\(jsonString(metric.azureMetricName))",
            "\"resource\":\(jsonString(scrape.resource.id.description))",
        ]
        if let failure = scrape.failure {
            members.append("\"error\":\(jsonString(failure))")
            return "{" + members.joined(separator: ",") + "}"
        }
        let series = scrape.series.map { series in
            let labels = series.labels.map { "\(jsonString($0.name)):\(jsonString($0.value))" }
            let buckets = series.buckets.map { bucket in
                let end = bucket.start + grain.duration
                return "{\"start\":\"\(bucket.start)\",\"end\":\"\(end)\",\"value\":\(number(bucket.value)),"
                    + "\"settled\":\(end <= scrape.settledUntil)}"
            }
            return "{\"labels\":{\(labels.joined(separator: ","))},\"buckets\":[\(buckets.joined(separator: ","))]}"
        }
        members += [
            "\"aggregation\":\"\(scrape.metric.aggregation.declaredName)\"", "\"interval\":\"\(grain)\"",
            "\"unit\":\(jsonString(scrape.unit))", "\"settledUntil\":\"\(scrape.settledUntil)\"",
            "\"series\":[\(series.joined(separator: ","))]",
        ]
        return "{" + members.joined(separator: ",") + "}"
    }

    /// JSON has no infinities.
    private func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "null" }
        return "\(value)"
    }
}
