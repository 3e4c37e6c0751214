import MetricModel

extension SteppedClock {
    /// Runs `body`, while time passes ten times as fast as outside: calls wait for their quota, and for a second try.
    func whileTimePasses<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Ends only by being cancelled, which its error says; nobody asks for that.
            group.addTask {
                while true {
                    try await Task.sleep(for: .milliseconds(5))
                    self.advance(by: .milliseconds(50))
                }
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }
}
