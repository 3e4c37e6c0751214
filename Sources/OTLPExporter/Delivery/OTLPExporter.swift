import HTTPTransport
import MetricModel

/// Brings encoded requests to one OTLP receiver: strictly in order, one at a time, the same bytes until they are taken.
///
/// What waits is in memory. When 16 MiB of it are full, ``enqueue(_:)`` refuses and the caller leaves its marks where
/// they are: Azure is the buffer then.
public final class OTLPExporter: Sendable {
    private struct State {
        var queue = DeliveryQueue()
        var wakeUp: AsyncStream<Void>.Continuation?
        var idleWaiters: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var nextWaiter: UInt64 = 0
        var saidUnreadable = false
    }

    private let settings: OTLPSettings
    private let headers: [(name: String, value: String)]
    private let client: any HTTPClient
    private let backoff: Backoff
    private let random: @Sendable () -> Double
    private let onEvent: @Sendable (OTLPExporterEvent) -> Void
    private let state = Lock(State())

    /// An exporter that does nothing until ``run(clock:)``.
    /// - Parameters:
    ///   - version: Of this program, for `User-Agent`.
    ///   - random: From 0 up to, but not including, 1: for the jitter.
    ///   - onEvent: Called from the task that runs, never with a lock held. Keep it short.
    public init(
        settings: OTLPSettings, client: any HTTPClient, version: String, backoff: Backoff = Backoff(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        onEvent: @escaping @Sendable (OTLPExporterEvent) -> Void = { _ in }
    ) {
        self.settings = settings
        self.client = client
        self.backoff = backoff
        self.random = random
        self.onEvent = onEvent
        let agent = "OTel-OTLP-Exporter-Swift/" + version
        let named = settings.headers.contains { $0.name.lowercased() == "user-agent" }
        headers = settings.headers + (named ? [] : [("User-Agent", agent)])
    }

    // MARK: The caller's side

    /// Puts `rows` behind what waits.
    /// - Returns: `false` when there is no room; then none of them was taken.
    public func enqueue(_ rows: [EncodedBatch]) -> Bool {
        state.withLock { state in
            guard state.queue.append(rows) else { return false }
            state.wakeUp?.yield()
            return true
        }
    }

    /// False when three quarters of the room are taken: it is then better not to ask Azure for more.
    public var hasRoom: Bool { statistics.queuedBytes < DeliveryQueue.maximumBytes / 4 * 3 }

    /// Counters and what waits, as of now.
    public var statistics: OTLPExporterStatistics { state.withLock { $0.queue.statistics } }

    /// Returns when nothing waits any more: everything was delivered or dropped.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func waitUntilDrained() async throws {
        let id = state.withLock { state -> UInt64 in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.queue.isEmpty { return .success(()) }
                    // Set before the handler can run, or seen by it below: either way it is resumed once.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.idleWaiters[id] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            state.withLock { $0.idleWaiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    // MARK: The sending side

    /// Sends until the task is cancelled. Only one task may run at a time.
    ///
    /// A request that is under way when the task is cancelled stays in the queue: nobody knows whether it arrived.
    /// - Throws: `CancellationError`, in the end.
    public func run(clock: any AgentClock) async throws {
        let (stream, wakeUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.wakeUp = wakeUp }
        defer { state.withLock { $0.wakeUp = nil } }
        var rules = DeliveryRules(backoff: backoff)
        wakeUp.yield()
        for await _ in stream {
            while let (id, row) = next(rules) {
                let answer = try await send(row, clock: clock)
                let jitter = random()
                let steps = state.withLock { rules.decide(answer, to: id, in: $0.queue, random: jitter) }
                try await take(steps, answer: answer, with: &rules, clock: clock)
            }
        }
        throw CancellationError()
    }

    private func next(_ rules: DeliveryRules) -> (id: RowID, row: EncodedBatch)? {
        state.withLock { state in
            rules.next(in: state.queue).flatMap { id in state.queue.batch(id).map { (id, $0) } }
        }
    }

    private func send(_ row: EncodedBatch, clock: any AgentClock) async throws -> OTLPAnswer {
        try Task.checkCancellation()
        state.withLock { $0.queue.countRequest(bytes: row.body.count) }
        let request = HTTPRequest(
            .post, settings.endpoint, headers: headers(for: row), body: row.body,
            limits: HTTPLimits(total: settings.timeout, bodyBytes: OTLPAnswer.maximumBodyBytes), tls: settings.tls)
        do throws(HTTPError) {
            let response = try await client.send(request)
            return OTLPAnswer(
                response, points: row.pointCount, retryStatus: settings.retryStatus, now: clock.systemNow
            ).redacted(settings.headers)
        } catch {
            if Task.isCancelled { throw CancellationError() }
            return OTLPAnswer(error, retryStatus: settings.retryStatus, now: clock.systemNow).redacted(settings.headers)
        }
    }

    private func headers(for row: EncodedBatch) -> [(name: String, value: String)] {
        let encoding = row.isCompressed ? [(name: "Content-Encoding", value: "gzip")] : []
        return [("Content-Type", "application/x-protobuf")] + encoding + headers
    }

    private func take(
        _ steps: [DeliveryRules.Step], answer: OTLPAnswer, with rules: inout DeliveryRules, clock: any AgentClock
    ) async throws {
        for step in steps {
            switch step {
            case .delivered(let row): delivered(row, answer: answer, at: clock.systemNow)
            case .drop(let rows, let reason): drop(rows, reason: reason)
            case .split(let row):
                try await take(split(row, answer: answer, with: &rules), answer: answer, with: &rules, clock: clock)
            case .retry(let delay, let reason):
                state.withLock { $0.queue.countFailure(reason) }
                onEvent(.retrying(reason: reason, delay: delay))
                try await clock.sleep(for: delay)
            case .hold(let delay, let reason):
                state.withLock { $0.queue.countFailure(reason) }
                onEvent(.holding(reason: reason, delay: delay))
                try await clock.sleep(for: delay)
            }
        }
    }

    /// Puts the halves of a row in its place, if it has any.
    private func split(_ id: RowID, answer: OTLPAnswer, with rules: inout DeliveryRules) -> [DeliveryRules.Step] {
        let row = state.withLock { $0.queue.batch(id) }
        let halves = row.flatMap { RequestSplitter.halves(of: $0) } ?? []
        if let row, !halves.isEmpty, !rules.isDividing, case .unfit(let reason) = answer {
            onEvent(.dividing(points: row.pointCount, reason: reason))
        }
        return state.withLock { state in
            let ids = halves.isEmpty ? [] : state.queue.replace(id, with: halves.map(\.batch))
            let parts = zip(ids, halves).map { Trial.Part(id: $0, size: $1.smallestParts) }
            return rules.divided(id, into: parts, in: state.queue)
        }
    }

    private func delivered(_ id: RowID, answer: OTLPAnswer, at time: Timestamp) {
        var rejected = 0
        var events: [OTLPExporterEvent] = []
        switch answer {
        case .accepted(let count, let message):
            rejected = count
            if count > 0 {
                events.append(.partialSuccess(rejected: count, message: message))
            } else if let message {
                events.append(.warning(message: message))
            }
        default: events += unreadableOnce()
        }
        let row = state.withLock { $0.queue.delivered(id, rejected: rejected, at: time) }
        if let row { onEvent(.delivered(points: row.pointCount - rejected, bytes: row.body.count)) }
        events.forEach(onEvent)
        tellIdleWaiters()
    }

    private func unreadableOnce() -> [OTLPExporterEvent] {
        state.withLock { state in
            defer { state.saidUnreadable = true }
            return state.saidUnreadable ? [] : [.unreadableAnswer]
        }
    }

    private func drop(_ ids: [RowID], reason: String) {
        let rows = state.withLock { state in
            state.queue.countFailure(reason)
            return ids.compactMap { state.queue.dropped($0, reason: reason) }
        }
        if let oldest = rows.map(\.oldest).min(), let newest = rows.map(\.newest).max() {
            let points = rows.reduce(0) { $0 + $1.pointCount }
            onEvent(.dropped(points: points, oldest: oldest, newest: newest, reason: reason))
        }
        tellIdleWaiters()
    }

    private func tellIdleWaiters() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, any Error>] in
            guard state.queue.isEmpty else { return [] }
            defer { state.idleWaiters = [:] }
            return Array(state.idleWaiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }
}
