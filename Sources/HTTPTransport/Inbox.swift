import CCurl
import MetricModel

/// A request on its way to the event loop, and who waits for its answer.
struct Job: Sendable {
    let id: UInt64
    let request: HTTPRequest
    let endpoint: Endpoint
    let deadline: ContinuousClock.Instant?
    private let outcome: Lock<Result<HTTPResponse, HTTPError>>
    private let continuation: CheckedContinuation<Void, Never>

    /// The time for the request starts to run now.
    /// - Parameters:
    ///   - outcome: Where the answer is put before `continuation` is resumed. A continuation could carry it, but the
    ///     thread sanitizer does not see what the runtime orders; it sees this lock.
    init(
        id: UInt64, request: HTTPRequest, endpoint: Endpoint, outcome: Lock<Result<HTTPResponse, HTTPError>>,
        continuation: CheckedContinuation<Void, Never>
    ) {
        self.id = id
        self.request = request
        self.endpoint = endpoint
        self.outcome = outcome
        self.continuation = continuation
        deadline = request.limits.total > .zero ? .now + request.limits.total : nil
    }

    /// Ends the wait. Each job ends exactly once.
    func end(_ result: Result<HTTPResponse, HTTPError>) {
        outcome.withLock { $0 = result }
        continuation.resume()
    }

    /// Ends the wait with an error.
    func fail(_ code: HTTPError.Code, _ reason: String) {
        end(.failure(HTTPError(code, endpoint: endpoint.description, reason: reason)))
    }
}

/// Where the callers' tasks and the event loop meet.
final class Inbox: Sendable {
    /// What the event loop finds on one turn.
    struct Delivery {
        var jobs: [Job]
        /// Ids whose task was cancelled. They may be under way, not yet begun, or over.
        var cancelled: Set<UInt64>
        /// Why no more requests are taken.
        var closed: String?
    }

    /// `@unchecked Sendable` is safe because outside the event loop the handle is only woken, under the inbox's lock.
    private struct Handle: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer
    }

    private struct State {
        var lastID: UInt64 = 0
        var jobs: [Job] = []
        var cancelled: Set<UInt64> = []
        var closed: String?
        var loop: Handle?

        /// Under the lock, so that the handle cannot be freed meanwhile; it only writes a byte and never waits.
        func wake() {
            if let loop { curl_multi_wakeup(loop.multi) }
        }
    }

    /// The reason of a cancelled request.
    static let cancellation = "the request was cancelled"

    private let state = Lock(State())

    /// An id for `cancel`, until `forget`.
    func nextID() -> UInt64 {
        state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
    }

    /// Hands a job to the event loop, or ends it at once when it is cancelled already or the loop is closed.
    func post(_ job: Job) {
        let refusal: String? = state.withLock { state in
            if let reason = state.closed { return reason }
            if state.cancelled.contains(job.id) { return Self.cancellation }
            state.jobs.append(job)
            state.wake()
            return nil
        }
        if let refusal { job.fail(.cancelled, refusal) }
    }

    /// The task that waits for `id` was cancelled. Called before, during or after the transfer.
    func cancel(_ id: UInt64) {
        state.withLock {
            $0.cancelled.insert(id)
            $0.wake()
        }
    }

    /// The task that waited for `id` goes on; no cancellation can come any more, and none stays behind.
    func forget(_ id: UInt64) {
        state.withLock { _ = $0.cancelled.remove(id) }
    }

    /// Takes no more jobs. The first reason stays.
    func close(reason: String) {
        state.withLock {
            $0.closed = $0.closed ?? reason
            $0.wake()
        }
    }

    /// The event loop is about to run on `multi`; from now on it can be woken.
    func attach(_ multi: UnsafeMutableRawPointer) {
        let handle = Handle(multi: multi)
        state.withLock { $0.loop = handle }
    }

    /// The event loop is about to free its handle.
    func detach() {
        state.withLock { $0.loop = nil }
    }

    /// Everything new since the last turn of the event loop.
    func collect() -> Delivery {
        state.withLock { state in
            defer { state.jobs = [] }
            return Delivery(jobs: state.jobs, cancelled: state.cancelled, closed: state.closed)
        }
    }
}
