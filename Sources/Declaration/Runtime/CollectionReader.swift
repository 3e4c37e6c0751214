import MetricModel

/// Makes the settings of the sections `collection`, `state` and `azureMonitor.integration.metricsBatching`.
struct CollectionReader {
    let settings: RuntimeSettings
    let diagnostics: Diagnostics

    /// The section `collection`.
    func collection() -> CollectionDefaults {
        var collection = CollectionDefaults(
            settle: settings.duration("collection.settle"), overlap: settings.duration("collection.overlap"))
        if let backfill = settings.duration("collection.backfill") { collection.backfill = backfill }
        if let catchUp = settings.duration("collection.catchUp") { collection.catchUp = catchUp }
        collection.revisions = settings.word("collection.revisions", as: Revisions.self) ?? .ignore
        return collection
    }

    /// The section `state`.
    func state() -> StateSettings {
        var state = StateSettings(folder: settings.text("state.folder"), maximumAge: settings.duration("state.maxAge"))
        if let setting = settings["state.maxSize"], let size = ByteSize(setting.text) {
            state.maximumBytes = size.bytes
            if size.bytes < Self.leastBytes {
                diagnostics.error(
                    "`\(setting.name)` is \(size.bytes) bytes, but less than 1 MiB holds no request to a collector",
                    about: setting, fix: "leave it out for 256MiB, or write 1MiB or more")
            }
        }
        if state.maximumAge == .zero, let setting = settings["state.maxAge"] {
            diagnostics.error(
                "a `maxAge` of zero would delete all points before they are sent", about: setting,
                fix: "leave it out to keep them as long as `collection.catchUp` says")
        }
        return state
    }

    private static let leastBytes = 1 << 20

    /// The section `azureMonitor.integration.metricsBatching`.
    func metricsBatching() -> MetricsBatching {
        let section = "azureMonitor.integration.metricsBatching"
        var batching = MetricsBatching(enabled: settings.text(section + ".enabled").map { $0.lowercased() == "true" })
        guard batching.isEnabled, let setting = settings[section + ".maxBatchSize"],
            let size = Int(setting.text.trimmingBlanks)
        else { return batching }
        let most = MetricsBatching.mostResources
        if size < 1 {
            diagnostics.error(
                "with a `maxBatchSize` of \(size) no resource could be asked for", about: setting,
                fix: "write a number from 1 to \(most), or leave it out for \(most)")
        } else if size > most {
            diagnostics.note(
                "`maxBatchSize` is \(size), but Azure Monitor takes \(most) resources a call: \(most) is used",
                about: setting, fix: "write \(most), or leave it out")
        }
        batching.maximumResources = min(max(1, size), most)
        return batching
    }

    /// What a receiver makes of sums, and what does not go with it.
    func checkSums(_ form: SumForm?, revisions: Revisions) {
        guard let form, let setting = settings["metricSinks.openTelemetryCollector.sumsAs"] else { return }
        let revised = settings["collection.revisions"]
        switch form {
        case .gauge: break
        case .delta:
            diagnostics.note(
                "deltas arrive at least once: a request that is repeated because its answer was lost counts twice at "
                    + "receivers that add up", about: setting)
            if revisions == .resend, let revised {
                diagnostics.note(
                    "with `sumsAs: delta` a revised bucket is sent again whole, and receivers that add up count it twice",
                    about: revised, fix: "write `revisions: ignore`, or `sumsAs: gauge`")
            }
        case .cumulative:
            guard revisions == .resend, let revised else { break }
            diagnostics.error(
                "`revisions: resend` does not go with `sumsAs: cumulative`: the points of a running total are no "
                    + "buckets, so there is none that could be sent again", about: revised,
                fix: "write `revisions: ignore`, or another `sumsAs`")
        }
    }
}
