import HTTPServer
import MetricModel

@testable import AzureSimulator

/// The simulated Azure inside the test, with faults in front of it.
final class FaultyAzure: LocalServer {
    /// What happens instead of Azure's answer; `nil` lets the request through.
    typealias Interception = @Sendable (ServedRequest) -> ServedResponse?

    private let listener: HTTPListener
    private let azure: SimulatedAzure
    let baseURL: String

    /// Calls that reached Azure, by operation.
    var callCounts: [String: Int] { azure.state.withLock { $0.accounts.byRoute } }

    /// - Parameters:
    ///   - tls: Whom it claims to be; `nil` = plain HTTP.
    ///   - script: Faults of Azure's own.
    init(tls: ServerCertificate? = nil, script: [Fault] = [], fault: @escaping Interception = { _ in nil }) throws {
        var options = SimulatorOptions()
        options.faults = script
        let azure = SimulatedAzure(options: options, clock: SystemClock())
        self.azure = azure
        listener = try HTTPListener(tls: tls, sendsDate: false) { fault($0) ?? azure.answer($0) }
        baseURL = "\(tls == nil ? "http" : "https")://127.0.0.1:\(listener.port)"
    }
}

extension ServedRequest {
    /// Whether it asks for a token.
    var isForToken: Bool { path.hasSuffix("/oauth2/v2.0/token") }

    /// Whether it asks about the resource of that name.
    func isAbout(_ resource: String) -> Bool { path.contains("/\(resource)/") }
}

extension ServedResponse {
    /// An answer of a server that is not Azure.
    static func page(_ status: Int, title: String) -> Self {
        let html = "<!DOCTYPE html>\n<html><head><title>\(title)</title></head><body>Sorry.</body></html>\n"
        return Self(status: status, headers: [("Content-Type", "text/html; charset=utf-8")], body: Array(html.utf8))
    }

    /// Some words.
    static func text(_ status: Int, _ text: String) -> Self {
        Self(status: status, headers: [("Content-Type", "text/plain")], body: Array(text.utf8))
    }
}
