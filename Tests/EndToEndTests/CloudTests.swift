import Foundation
import Testing

/// Clouds other than the public one, with the built binary.
@Suite(.timeLimit(.minutes(5))) struct CloudTests {
    private static let file = "metrics-declaration.yaml"

    @Test("a custom cloud: endpoints above cloud, names below localhost, slashes at the end, no Log Analytics")
    func custom() async throws {
        let recorder = try Recorder()
        let azure = try FaultyAzure()
        let folder = try AgentFolder(azure: azure, collector: recorder)
        let url = azure.baseURL.replacingOccurrences(of: "127.0.0.1", with: "azure.localhost")
        #expect(url.hasPrefix("http://azure.localhost:"))
        try folder.edit(Self.file, "    logAnalyticsEndpoint: \(azure.baseURL)\n", "")
        try folder.edit(Self.file, "Endpoint: \(azure.baseURL)\n", "Endpoint: \(url)/\n")
        try folder.edit(Self.file, "Audience: \(azure.baseURL)\n", "Audience: \(url)/\n")
        try folder.edit(Self.file, "  cloud: Custom\n", "")
        try folder.edit(Self.file, "metricDefaults:\n", "  cloud: Custom\nmetricDefaults:\n")

        let checked = try await folder.azimuth(["validate", "--strict"])
        #expect(checked.status == 0 && checked.errors.isEmpty, "\(checked)")
        let ended = try await folder.azimuth(["run", "--once"])
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.errors.first?.contains("cloud=Custom") == true, "\(ended)")
        #expect(recorder.received == AgentFolder.everything)
    }

    static let clouds: [(cloud: String, status: Int32, words: String)] = [
        ("Global", 0, ""), ("China", 0, ""), ("UsGov", 0, ""),
        ("Germany", 2, "the cloud `Germany` is not supported: Microsoft closed it in October 2021"),
        ("Unspecified", 2, "write Global, China, UsGov or Custom"), ("AzureChinaCloud", 2, "is unknown"),
    ]

    @Test("Microsoft's clouds need no endpoints; other names are refused with what to write", arguments: clouds)
    func named(cloud: String, status: Int32, words: String) async throws {
        let folder = try AgentFolder()
        let text = try String(contentsOfFile: folder.file(Self.file), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.filter { line in !["Endpoint:", "Audience:", "Suffix:"].contains { line.contains($0) } }
        try folder.write(
            kept.joined(separator: "\n").replacingOccurrences(of: "Custom\n  endpoints:", with: cloud), to: Self.file)
        let ended = try await folder.azimuth(["validate", "--strict"])
        #expect(ended.status == status, "\(ended)")
        #expect(ended.description.contains("\(Self.file):6:10: error") == (status != 0), "\(ended)")
        #expect(ended.description.contains(words) || words.isEmpty, "\(ended)")
    }
}
