import Dispatch
#if canImport(Glibc)
    import Glibc
#endif

/// SIGINT and SIGTERM, from shortly after its making to the end of the process something to wait for instead of its end.
struct TerminationSignals: Sendable {
    private let arrivals: AsyncStream<String>

    init() {
        let (arrivals, continuation) = AsyncStream<String>.makeStream()
        self.arrivals = arrivals
        for (number, name) in [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")] {
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // The handler holds its source, which nobody else does: it listens as long as the process lives.
            source.setEventHandler { [source] in
                if !source.isCancelled { continuation.yield(name) }
            }
            // It listens a moment later. Until then the default action ends the process, which has done nothing yet; were the
            // signal ignored meanwhile, nobody would ever hear of it.
            source.activate()
        }
    }

    /// The name of the next of the two that arrives, or has arrived without anybody waiting. For one task at a time.
    /// - Throws: `CancellationError` when the task is cancelled first.
    func next() async throws -> String {
        for await name in arrivals { return name }
        throw CancellationError()
    }
}
