import MetricModel

extension SimulatedAzure {
    /// The resource with this id, in any case, if it exists at `now`.
    func entry(_ id: String, at now: Timestamp) -> EstateTruth.Entry? {
        entry(id).flatMap { $0.lifetime.contains(now) ? $0 : nil }
    }

    /// The resources that exist at `now`.
    func entries(at now: Timestamp) -> [EstateTruth.Entry] {
        let lives = state.withLock { $0.lives }
        guard !lives.lines.isEmpty else { return truth.entries }
        return truth.entries.filter { lives.lifetime(of: $0.resource.id).contains(now) }
    }

    /// The resource with this id, in any case, whether it exists now or not, with its lifetime.
    func entry(_ id: String) -> EstateTruth.Entry? {
        guard var entry = truth.entry(id) else { return nil }
        entry.lifetime = state.withLock { $0.lives.lifetime(of: entry.resource.id) }
        return entry
    }
}
