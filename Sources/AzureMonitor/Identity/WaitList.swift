import MetricModel

/// Tasks that wait until somebody else has finished.
final class WaitList: Sendable {
    private struct State {
        var nextID: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var cancelledEarly: Set<UInt64> = []
    }

    private let state = Lock(State())

    /// Tasks that wait now.
    var count: Int { state.withLock { $0.waiting.count } }

    /// Returns after the next ``resumeAll()``, or at once when the task is cancelled.
    ///
    /// Runs on the caller's actor up to the point where it waits, so that nothing can come between a look at the
    /// actor's state and the wait.
    func wait(isolation: isolated (any Actor)? = #isolation) async {
        let id = state.withLock { state -> UInt64 in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelledEarly.remove(id) != nil { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isCancelled { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
                if let continuation = state.waiting.removeValue(forKey: id) { return continuation }
                state.cancelledEarly.insert(id)
                return nil
            }
            continuation?.resume()
        }
        state.withLock { _ = $0.cancelledEarly.remove(id) }
    }

    /// Lets everybody go on.
    func resumeAll() {
        let continuations = state.withLock { state in
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in continuations { continuation.resume() }
    }
}
