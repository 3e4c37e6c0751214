/// Something that happens once, on any thread, and that one test waits for.
final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func fire() {
        continuation.yield()
        continuation.finish()
    }

    /// Returns once it has happened, also when it had before.
    func wait() async {
        for await _ in stream { return }
    }
}
