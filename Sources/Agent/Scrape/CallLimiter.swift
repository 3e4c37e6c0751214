import MetricModel

/// At most so many calls at once, over all schedules: each holds a whole answer in memory (promise P5).
final class CallLimiter: Sendable {
    private struct State {
        var free: Int
        var nextID: UInt64 = 0
        var cancelledEarly: Set<UInt64> = []
        var waiting: [(id: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    }

    private let state: Lock<State>

    init(limit: Int) {
        state = Lock(State(free: limit))
    }

    /// Runs `body` as soon as there is room; first come, first served.
    /// - Throws: `CancellationError` when cancelled while waiting.
    func run<Result: Sendable>(_ body: @Sendable () async -> Result) async throws -> Result {
        try await acquire()
        defer { release() }
        return await body()
    }

    private func acquire() async throws {
        let id = state.withLock { state -> UInt64 in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelledEarly.remove(id) != nil { return .failure(CancellationError()) }
                    if state.free > 0 {
                        state.free -= 1
                        return .success(())
                    }
                    state.waiting.append((id, continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                    state.cancelledEarly.insert(id)
                    return nil
                }
                return state.waiting.remove(at: index).continuation
            }
            waiting?.resume(throwing: CancellationError())
        }
    }

    private func release() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume()
    }
}
