import MetricModel

/// Pairs that are not asked like the others, and why. Few, so they are kept apart from the many that are well.
struct PairTroubles: Sendable {
    private struct Key: Hashable {
        var strip: Int
        var slot: Int
    }

    private struct Trouble {
        /// Refusals and time-outs in a row, for the growing pause after them.
        var setbacks = 0
        /// Not asked before; on the monotonic clock.
        var pausedUntil: Duration = .zero
        /// Its metric would have a shared call refused: it is asked alone.
        var isLoner = false
        /// How often in a row getBatch was refused for it or left it out: meanwhile Azure Resource Manager is asked.
        var spoiledBatches = 0
        /// When getBatch is tried again for it, alone; on the monotonic clock.
        var batchFrom: Duration = .zero
        /// Complete answers in a row that left it out.
        var missingCount = 0
        /// Since when, on the monotonic clock, and how often in a row its resource was said not to exist.
        var absence: (since: Duration, count: Int)?

        var isQuarantined: Bool { isLoner || spoiledBatches > 0 }

        mutating func spoilsBatches(at monotonicNow: Duration) {
            batchFrom = monotonicNow + .seconds(min(86_400, 900 << min(spoiledBatches, 7)))
            spoiledBatches += 1
        }
    }

    /// How a pair is asked that does not go with the others.
    struct Exception: Sendable {
        /// Of Azure Resource Manager, or of getBatch in a call of its own.
        var isSingle: Bool
        /// Not even together with other metrics.
        var isLoner: Bool
    }

    /// Answers in a row that may leave a pair out before it is asked alone (rule T11).
    static let missingLimit = 3
    /// Answers in a row that have to say that a resource does not exist before that is believed (rule T12).
    private static let absenceLimit = 3

    private var troubles: [Key: Trouble] = [:]

    /// The pairs that pause at `now` on the monotonic clock.
    func paused(at now: Duration, strips: Int) -> SlotMap {
        var map = SlotMap(count: strips)
        for (key, trouble) in troubles where trouble.pausedUntil > now { map.insert(key.strip, key.slot) }
        return map
    }

    /// The pairs that are in quarantine: no call that others share may name them.
    func quarantined(strips: Int) -> SlotMap {
        var map = SlotMap(count: strips)
        for (key, trouble) in troubles where trouble.isQuarantined { map.insert(key.strip, key.slot) }
        return map
    }

    /// How a pair in quarantine is asked at `now` on the monotonic clock.
    func exception(_ strip: Int, _ slot: Int, at now: Duration) -> Exception {
        let trouble = troubles[Key(strip: strip, slot: slot)] ?? Trouble()
        return Exception(isSingle: trouble.spoiledBatches > 0 && trouble.batchFrom > now, isLoner: trouble.isLoner)
    }

    /// Asked again after 1, 2, 4 … 60 minutes. The marks stay, so nothing is lost.
    /// - Parameter isLoner: A call that it shared was refused as a whole for its metric.
    mutating func refused(_ strip: Int, _ slot: Int, at monotonicNow: Duration, isLoner: Bool) {
        var trouble = troubles[Key(strip: strip, slot: slot)] ?? Trouble()
        trouble.setbacks += 1
        trouble.pausedUntil = monotonicNow + .seconds(60 * min(60, 1 << min(trouble.setbacks - 1, 6)))
        if isLoner { trouble.isLoner = true }
        troubles[Key(strip: strip, slot: slot)] = trouble
    }

    /// The refusal is for good: asked once a day.
    mutating func unsupported(_ strip: Int, _ slot: Int, at monotonicNow: Duration) {
        var trouble = troubles[Key(strip: strip, slot: slot)] ?? Trouble()
        trouble.absence = nil
        trouble.setbacks += 1
        trouble.pausedUntil = monotonicNow + .seconds(trouble.setbacks < 4 ? 60 << (trouble.setbacks - 1) : 86_400)
        trouble.isLoner = true
        troubles[Key(strip: strip, slot: slot)] = trouble
    }

    /// A batch was refused for it: getBatch is tried again, for it alone, after 15, 30, 60 … minutes.
    mutating func spoiled(_ strip: Int, _ slot: Int, at monotonicNow: Duration) {
        troubles[Key(strip: strip, slot: slot), default: Trouble()].spoilsBatches(at: monotonicNow)
    }

    /// Left out of a complete answer.
    mutating func missing(_ strip: Int, _ slot: Int, byBatch: Bool, at monotonicNow: Duration) {
        var trouble = troubles[Key(strip: strip, slot: slot)] ?? Trouble()
        trouble.missingCount += 1
        trouble.absence = nil
        if byBatch, trouble.missingCount >= Self.missingLimit { trouble.spoilsBatches(at: monotonicNow) }
        troubles[Key(strip: strip, slot: slot)] = trouble
    }

    /// Azure Resource Manager says that its resource does not exist.
    /// - Returns: Whether it has said so often enough, and for `time`, with no other answer in between.
    mutating func absent(_ strip: Int, _ slot: Int, for time: Duration, at monotonicNow: Duration) -> Bool {
        var trouble = troubles[Key(strip: strip, slot: slot)] ?? Trouble()
        let (since, count) = trouble.absence ?? (monotonicNow, 0)
        trouble.absence = (since, count + 1)
        troubles[Key(strip: strip, slot: slot)] = trouble
        return count + 1 >= Self.absenceLimit && monotonicNow - since >= time
    }

    /// Whether it was left out so often that an empty answer to it alone counts.
    func isMissing(_ strip: Int, _ slot: Int) -> Bool {
        (troubles[Key(strip: strip, slot: slot)]?.missingCount ?? 0) >= Self.missingLimit
    }

    /// Forgets what is known of strips from `strip` on.
    mutating func forget(from strip: Int) { troubles = troubles.filter { $0.key.strip < strip } }

    /// An answer that could be used: what was refused before may share calls again, but what spoiled a batch not before
    /// a batch has answered.
    mutating func answered(_ strip: Int, _ slot: Int, byBatch: Bool) {
        if troubles.isEmpty { return }
        let key = Key(strip: strip, slot: slot)
        guard let trouble = troubles[key] else { return }
        guard !byBatch, trouble.spoiledBatches > 0 else {
            troubles[key] = nil
            return
        }
        troubles[key]?.setbacks = 0
        troubles[key]?.pausedUntil = .zero
        troubles[key]?.isLoner = false
        troubles[key]?.absence = nil
    }

    /// Forgets whatever was the matter.
    mutating func forget(_ strip: Int, _ slot: Int) { troubles[Key(strip: strip, slot: slot)] = nil }
}
