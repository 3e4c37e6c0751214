import CMicroHTTPD
import Dispatch
import MetricModel

/// Connections whose answer is delayed. The daemon leaves them alone until they are let out.
final class WaitingRoom: Sendable {
    private struct State {
        var isClosed = false
        var waiting: [UInt64: Connection] = [:]
        var next: UInt64 = 0
    }

    /// `@unchecked Sendable` is safe because `MHD_resume_connection` may be called from any thread, and only whoever
    /// takes a connection out of `waiting`, under the lock, does so.
    private struct Connection: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let state = Lock(State())

    private static let longest = Duration.seconds(3600)

    /// Suspends `connection` for `time`, at most an hour, on wall time. To be called from its own callback.
    /// - Returns: `false`, and nothing is suspended, when the listener stops.
    func hold(_ connection: OpaquePointer, for time: Duration) -> Bool {
        let number = state.withLock { state -> UInt64? in
            guard !state.isClosed else { return nil }
            MHD_suspend_connection(connection)
            state.next += 1
            state.waiting[state.next] = Connection(pointer: connection)
            return state.next
        }
        guard let number else { return false }
        let (seconds, attoseconds) = min(time, Self.longest).components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { self.letOut(number) }
        return true
    }

    private func letOut(_ number: UInt64) {
        state.withLock { state in
            if let connection = state.waiting.removeValue(forKey: number) { MHD_resume_connection(connection.pointer) }
        }
    }

    /// Lets everybody out: a daemon cannot end while connections are suspended.
    func close() {
        state.withLock { state in
            state.isClosed = true
            for connection in state.waiting.values { MHD_resume_connection(connection.pointer) }
            state.waiting = [:]
        }
    }
}
