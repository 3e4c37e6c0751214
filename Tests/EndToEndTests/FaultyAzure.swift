import HTTPServer
import MetricModel

@testable import AzureSimulator

/// The simulated Azure inside the test, with faults in front of it.
final class FaultyAzure: LocalServer {
    /// What happens instead of Azure's answer; `nil` lets the request through.
    typealias Fault = @Sendable (ServedRequest) -> ServedResponse?

    private let listener: HTTPListener
    let baseURL: String

    /// - Parameter tls: Whom it claims to be; `nil` = plain HTTP.
    init(tls: ServerCertificate? = nil, fault: @escaping Fault = { _ in nil }) throws {
        let azure = SimulatedAzure(options: SimulatorOptions(), clock: SystemClock())
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
