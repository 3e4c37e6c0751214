import MetricModel

/// What metrics fall back on.
struct MetricDefaults {
    var interval: Setting<DeclaredInterval> = .faulty
    var limit: Int?
    var labels: [Label] = []
    /// `nil` only when it is missing or wrong, which is reported.
    var schedule: CronSchedule?
}

/// Reads `metricDefaults`.
struct MetricDefaultsReader {
    private static let keys = KnownKeys(required: ["scraping"], optional: ["aggregation", "limit", "labels"])
    private static let aggregationKeys = KnownKeys(optional: ["interval"])

    /// Of a default that cannot be used.
    private static let consequence = "metrics without one of their own are not scraped"

    let diagnostics: Diagnostics

    /// What the declaration says under `metricDefaults`.
    func defaults(_ root: MappingReader) -> MetricDefaults {
        guard let reader = root.requiredMapping("metricDefaults", keys: Self.keys) else { return MetricDefaults() }
        let scraping = reader.requiredMapping("scraping", keys: scrapingKeys)
        return MetricDefaults(
            interval: interval(reader), limit: reader.integer("limit", in: seriesLimits),
            labels: LabelsReader(diagnostics: diagnostics).labels(reader),
            schedule: scraping.flatMap { reader in
                reader.requiredText("schedule").flatMap { reader.schedule($0) }
            })
    }

    /// Promitor takes five minutes when the block is there without an interval, and nothing when there is no block.
    private func interval(_ reader: MappingReader) -> Setting<DeclaredInterval> {
        guard let aggregation = reader.optionalMapping("aggregation", keys: Self.aggregationKeys) else {
            return .absent
        }
        return aggregation.interval("interval", unusable: Self.consequence)
            .orElse(.given(DeclaredInterval(grain: .fiveMinutes, requested: .fiveMinutes)))
    }
}

/// The keys of `scraping`.
let scrapingKeys = KnownKeys(required: ["schedule"])

/// How many series of one resource can be asked for.
let seriesLimits = 1...10_000

extension MappingReader {
    /// The schedule that `text`, the value of `schedule`, stands for; reported when it is none.
    func schedule(_ text: String) -> CronSchedule? {
        do throws(CronError) {
            return try CronSchedule(text)
        } catch {
            let place = error.offset < text.count ? " at `\(text.dropFirst(error.offset))`" : ""
            diagnostics.error(
                "the schedule cannot be read\(place): \(error.message)", at: entry("schedule")?.valueMark,
                fix: "write minute, hour, day, month and weekday: \"*/5 * * * *\" is every five minutes")
            return nil
        }
    }
}
