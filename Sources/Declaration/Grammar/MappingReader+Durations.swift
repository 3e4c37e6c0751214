import MetricModel

/// The widths of buckets that Azure Monitor has, PT1M to P1D.
private let azureGrains: [Int64] = [60, 300, 900, 1800, 3600, 21_600, 43_200, 86_400]

/// The width of a bucket as it was written, and as Azure Monitor usually has it.
struct DeclaredInterval {
    /// Azure's nearest.
    let grain: TimeGrain
    /// `nil` when nobody wrote one.
    let requested: TimeGrain?
}

extension MappingReader {
    /// A length of time that may be zero; what cannot be read, is negative or longer than `limit` is an error.
    func duration(_ key: String, limit: DurationLimit? = nil) -> Duration? {
        guard let reading = durationText(key).value, let entry = entry(key) else { return nil }
        guard reading.duration >= .zero else {
            diagnostics.error("`\(key)` is negative", at: entry.valueMark, fix: "write 00:00:00 or more")
            return nil
        }
        if let excess = limit?.excess(of: reading, name: key) {
            diagnostics.error(excess.message, at: entry.valueMark, fix: excess.fix)
            return nil
        }
        if let trap = reading.trap { warn(about: trap, meaning: reading.duration.words, at: entry.valueMark) }
        return reading.duration
    }

    /// The width of a bucket: Azure's nearest to the declared one, the finer of two.
    /// - Parameter unusable: What becomes of metrics when it is zero or negative, which Promitor lets pass.
    func interval(_ key: String, unusable consequence: String) -> Setting<DeclaredInterval> {
        let setting = durationText(key)
        guard let reading = setting.value, let entry = entry(key) else {
            if case .absent = setting { return .absent }
            return .faulty
        }
        guard reading.duration > .zero else {
            diagnostics.warn(
                "`\(key)` must be longer than zero: \(consequence)", at: entry.valueMark,
                fix: "write 00:05:00 for 5 minutes")
            return .faulty
        }
        let seconds = nearestGrain(to: reading.duration)
        let nearest = Duration.seconds(seconds)
        let isExact = reading.duration == nearest
        let meaning = reading.duration.words
        if let trap = reading.trap {
            let outcome = "; Azure Monitor's nearest interval, \(nearest.words), is used"
            warn(about: trap, meaning: isExact ? meaning : meaning + outcome, at: entry.valueMark)
        } else if !isExact {
            diagnostics.warn(
                "Azure Monitor has no interval of \(meaning): its nearest, \(nearest.words), is used",
                at: entry.valueMark,
                fix: "write \(nearest.timeSpan)")
        }
        return TimeGrain(seconds: seconds).map { grain in
            let written = TimeGrain(seconds: reading.duration.components.seconds)
            return .given(DeclaredInterval(grain: grain, requested: isExact ? grain : written ?? grain))
        } ?? .faulty
    }

    /// The length of time as it is written; what cannot be read is an error.
    func durationText(_ key: String) -> Setting<DurationText> {
        guard let entry = entry(key) else { return .absent }
        guard let text = requiredText(key) else { return .faulty }
        guard let reading = DurationText(text) else {
            diagnostics.error(
                "`\(text)` is no length of time", at: entry.valueMark,
                fix: "write hh:mm:ss (00:05:00 for 5 minutes) or ISO 8601 (PT5M)")
            return .faulty
        }
        return .given(reading)
    }

    /// Says what a spelling means that is easily misread.
    func warn(about trap: DurationText.Trap, meaning: String, at mark: SourceMark) {
        let advice = trap.advice(meaning: meaning)
        diagnostics.warn(advice.message, at: mark, fix: advice.fix)
    }

    private func nearestGrain(to duration: Duration) -> Int64 {
        func distance(_ grain: Int64) -> Duration {
            duration > .seconds(grain) ? duration - .seconds(grain) : .seconds(grain) - duration
        }
        return azureGrains.min { distance($0) < distance($1) } ?? TimeGrain.fiveMinutes.seconds
    }
}
