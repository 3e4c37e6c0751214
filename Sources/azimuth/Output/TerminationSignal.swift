import Dispatch
#if canImport(Glibc)
    import Glibc
#endif

/// SIGINT and SIGTERM, as something to wait for.
enum TerminationSignal {
    /// Returns the name of the first of the two that arrives.
    /// - Throws: `CancellationError` when the task is cancelled first.
    static func wait() async throws -> String {
        let (arrivals, continuation) = AsyncStream<String>.makeStream()
        let sources = [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")].map { number, name in
            // The default action would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(name) }
            source.activate()
            return source
        }
        defer { sources.forEach { $0.cancel() } }
        for await name in arrivals { return name }
        throw CancellationError()
    }
}
