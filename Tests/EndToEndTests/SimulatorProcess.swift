import Foundation
import FoundationNetworking
import TestServers
import Testing

/// `azimuth simulate` as a process of its own, with a configuration that fits.
final class SimulatorProcess: Sendable {
    static let credentials = [
        "AZIMUTH_AUTH_APPID": "ceb249a3-44ce-4c90-8863-6776336f5b7e", "AZIMUTH_AUTH_APPKEY": "only+for/the~simulator",
    ]

    let folder: String
    let baseURL: String
    private let child: Child
    private let temporary: String

    init(collector: String, options: [String] = []) async throws {
        temporary = try Paths.temporaryFolder()
        folder = temporary + "/config"
        child = try Child(
            Paths.azimuth,
            ["simulate", "--port", "0", "--write-config", folder, "--collector", collector] + options)
        let address = try await child.line(startingWith: "simulated Azure listens on ")
        baseURL = try #require(address.split(separator: " ").last.map(String.init))
    }

    deinit { try? FileManager.default.removeItem(atPath: temporary) }

    /// Replaces a piece of one of the written files.
    func edit(_ file: String, _ old: String, _ new: String) throws {
        let path = folder + "/" + file
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(text.contains(old), "\(file) has no \(old)")
        try text.replacingOccurrences(of: old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
    }

    func append(_ text: String, to file: String) throws {
        let path = folder + "/" + file
        try (String(contentsOfFile: path, encoding: .utf8) + text).write(
            toFile: path, atomically: true, encoding: .utf8)
    }

    /// `azimuth` with this configuration, to its end.
    func azimuth(_ arguments: [String], environment: [String: String] = SimulatorProcess.credentials) async throws
        -> Ended
    {
        try await Child(Paths.azimuth, arguments + ["--config", folder], environment: environment).ended()
    }

    /// The simulator's answer to a GET. `JSONDecoder` reads every double exactly; `JSONSerialization` does not on Linux.
    func get<Answer: Decodable>(_ path: String, _ query: [String: String], as type: Answer.Type) async throws -> Answer
    {
        var components = try #require(URLComponents(string: baseURL + path))
        components.queryItems = query.map { URLQueryItem(name: $0.key, value: $0.value) }
        let (data, _) = try await URLSession.shared.data(from: try #require(components.url))
        return try JSONDecoder().decode(type, from: data)
    }
}
