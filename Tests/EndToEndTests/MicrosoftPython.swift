import AzureSimulator
import Foundation
import TestServers
import Testing

/// Scripts of Tests/Tools that use Microsoft's Python clients.
enum MicrosoftPython {
    /// What `script` prints about a simulator with these options, which serves with the suite's certificates: a JSON object a line.
    static func lines<Line: Decodable>(
        _ script: String, _ arguments: [String], _ options: SimulatorOptions
    ) async throws -> [Line] {
        let ended = try await Child(
            Paths.python, [Paths.root + "/Tests/Tools/\(script)"] + arguments,
            environment: [
                "AZURE_TENANT_ID": options.tenantID, "AZURE_CLIENT_ID": options.clientID,
                "AZURE_CLIENT_SECRET": options.clientSecret,
                "REQUESTS_CA_BUNDLE": Certificates.current.path("ca.pem"),
            ]
        ).ended()
        expectNoSecret(in: ended)
        try #require(ended.status == 0, "\(ended); if a module is missing: make deps-test")
        return try ended.output.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }
}
