import Foundation

/// Lines of a stream, read as they come so that the writer never waits.
final class LineBuffer: @unchecked Sendable {
    // `@unchecked Sendable` is safe: everything below `condition` is only touched with it held.
    private let condition = NSCondition()
    private var lines: [String] = []
    private var rest: [UInt8] = []
    private var isAtEnd = false
    private var taken = 0

    /// Reads `descriptor` to its end, then closes it.
    init(descriptor: Int32) {
        Thread.detachNewThread { [self] in
            var chunk = [UInt8](repeating: 0, count: 1 << 14)
            while true {
                let count = read(descriptor, &chunk, chunk.count)
                if count < 0 && errno == EINTR { continue }
                append(chunk[..<max(0, count)])
                if count <= 0 { break }
            }
            close(descriptor)
        }
    }

    /// Nothing stands for the end.
    private func append(_ bytes: ArraySlice<UInt8>) {
        condition.lock()
        defer { condition.unlock() }
        rest += bytes
        while let newline = rest.firstIndex(of: 10) {
            lines.append(String(decoding: rest[..<newline], as: UTF8.self))
            rest.removeFirst(newline + 1)
        }
        if bytes.isEmpty {
            if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
            isAtEnd = true
        }
        condition.broadcast()
    }

    /// The next line that is `wanted`; `nil` at the end or when none comes for so many seconds. Those before it are skipped.
    func next(within timeout: TimeInterval, where isWanted: @escaping @Sendable (String) -> Bool) async -> String? {
        await onThread { self.waitForNext(Date(timeIntervalSinceNow: timeout), isWanted) }
    }

    /// Everything, once the writer has closed, which it must within so many seconds; else what has come.
    func all(within timeout: TimeInterval) async -> [String] {
        await onThread { self.waitForAll(Date(timeIntervalSinceNow: timeout)) }
    }

    private func waitForNext(_ deadline: Date, _ isWanted: (String) -> Bool) -> String? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            while taken < lines.count {
                taken += 1
                if isWanted(lines[taken - 1]) { return lines[taken - 1] }
            }
            if isAtEnd || !condition.wait(until: deadline) { return nil }
        }
    }

    private func waitForAll(_ deadline: Date) -> [String] {
        condition.lock()
        defer { condition.unlock() }
        while !isAtEnd, condition.wait(until: deadline) {}
        return lines
    }
}

/// Runs `work`, which waits by blocking, on a thread of its own: those that tasks share are as few as the machine has cores.
/// Nothing ends the wait before its time, so it must have one.
package func onThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: work()) }
    }
}
