import HTTPServer
import MetricModel

/// The agent's own HTTP server: Promitor's routes, as far as this version has them.
///
/// Runs from its making until ``stop()``. It answers from snapshots and never waits for the agent.
public final class AgentServer: Sendable {
    private let listener: HTTPListener

    /// The port it listens on: the kernel's choice if it was made with 0.
    public var port: UInt16 { listener.port }

    /// Listens on every address of this machine, IPv6 too where there is any, as Promitor does.
    ///
    /// - Parameters:
    ///   - port: 0 takes a free one.
    ///   - version: Of this program, for `X-Version`.
    ///   - checksHealth: Without, the health report has no entries and is always healthy.
    ///   - snapshot: What is known now. Called from the server's thread; must not wait.
    /// - Throws: `HTTPListenerError`, when the port cannot be had.
    public init(
        port: UInt16, version: String, checksHealth: Bool, clock: any AgentClock,
        snapshot: @escaping @Sendable () -> HealthSnapshot
    ) throws(HTTPListenerError) {
        let routes = Routes(version: version) {
            guard checksHealth else { return HealthReport(entries: [], totalDuration: .zero) }
            return HealthRules.report(on: snapshot()) { clock.monotonicNow }
        }
        listener = try Self.listen(port: port) { routes.answer(to: $0) }
    }

    /// Closes the port; when this returns, nothing is answered any more.
    public func stop() { listener.stop() }

    /// One thread is enough: no answer waits, and an idle connection holds none.
    private static func listen(
        port: UInt16, handler: @escaping @Sendable (ServedRequest) -> ServedResponse
    ) throws(HTTPListenerError) -> HTTPListener {
        do throws(HTTPListenerError) {
            return try HTTPListener(
                host: "::", port: port, maximumBodyBytes: maximumBodyBytes, threads: 1, handler: handler)
        } catch {
            if error.code == .portTaken { throw error }
            // A machine without IPv6.
            return try HTTPListener(
                host: "0.0.0.0", port: port, maximumBodyBytes: maximumBodyBytes, threads: 1, handler: handler)
        }
    }

    /// No route reads a body.
    private static let maximumBodyBytes = 4096
}
