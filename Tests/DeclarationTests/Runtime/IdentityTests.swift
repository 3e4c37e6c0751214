import Declaration
import Foundation
import Testing

@Suite struct IdentityTests {
    private func load(
        _ text: String, _ environment: [String: String]
    ) -> (RuntimeConfiguration?, [Diagnostic]) {
        let reading = ConfigurationLoader.loadRuntime(
            bytes: Array(text.utf8), file: "runtime.yaml", environment: environment, strict: false)
        return (reading.configuration, reading.diagnostics)
    }

    /// Variables, over a file that says nothing → application and secret.
    static let sources: [([String: String], String, String)] = [
        (["AZURE_CLIENT_ID": "sdk", "AZURE_CLIENT_SECRET": "sdk-key"], "sdk", "sdk-key"),
        (["AUTH_APPID": "plain", "AUTH_APPKEY": "plain-key"], "plain", "plain-key"),
        (
            [
                "PROMITOR_AUTH_APPID": "p", "PROMITOR_AUTH_APPKEY": "p-key", "AUTH_APPID": "plain",
                "AUTH_APPKEY": "plain-key", "AZURE_CLIENT_ID": "sdk", "AZURE_CLIENT_SECRET": "sdk-key",
            ], "p", "p-key"
        ),
        (
            [
                "PROMITOR_AUTH_APPID": "p", "PROMITOR_AUTH_APPKEY": "p-key", "AZIMUTH_AUTH_APPID": "ours",
                "AZIMUTH_AUTH_APPKEY": "our key ",
            ], "ours", "our key "
        ),
        (["AZIMUTH_AUTH_APPID": "ours", "AZURE_CLIENT_SECRET": "sdk-key"], "ours", "sdk-key"),
        (["AZIMUTH_AUTH_APPID": " ", "AZURE_CLIENT_ID": "sdk", "AUTH_APPKEY": "k"], "sdk", "k"),
    ]

    @Test("the identity comes from the variables in their order", arguments: sources)
    func variables(environment: [String: String], id: String, secret: String) throws {
        let (runtime, diagnostics) = load("", environment)
        #expect(diagnostics.isEmpty)
        #expect(runtime?.identity == DeclaredIdentity(applicationID: id, secret: Secret(secret)))
    }

    @Test("the file's id comes before all variables, and the tenant is that of the SDKs")
    func fileFirst() throws {
        let environment = ["AZIMUTH_AUTH_APPID": "ours", "AUTH_APPKEY": "k", "AZURE_TENANT_ID": "t"]
        let identity = load("authentication: {identityId: from-file}", environment).0?.identity
        #expect(identity?.applicationID == "from-file")
        #expect(identity?.tenantID == "t")
    }

    static let incomplete: [([String: String], [String])] = [
        (
            [:],
            [
                "the application id of the service principal is missing",
                "the secret of the service principal is missing",
            ]
        ),
        (["AUTH_APPID": "a"], ["the secret of the service principal is missing"]),
        (["AUTH_APPKEY": "k"], ["the application id of the service principal is missing"]),
        (["AUTH_APPID": "a", "AUTH_APPKEY": " "], ["the secret of the service principal is missing"]),
    ]

    @Test("what is missing is an error that names the ways to give it", arguments: incomplete)
    func missing(environment: [String: String], messages: [String]) {
        let (runtime, diagnostics) = load("", environment)
        #expect(runtime == nil)
        #expect(diagnostics.map(\.message) == messages)
        #expect(diagnostics.allSatisfy { $0.severity == .error && $0.fix?.contains("AZURE_CLIENT_") == true })
    }

    static let modes = ["UserAssignedManagedIdentity", "SystemAssignedManagedIdentity", "sdkdefault"]

    @Test("the other modes are not there yet", arguments: modes)
    func refusesMode(mode: String) {
        let (runtime, diagnostics) = load("authentication: {mode: \(mode)}", [:])
        #expect(runtime == nil)
        #expect(diagnostics.count == 1)
        #expect(diagnostics.first?.message.contains("is not supported yet") == true)
        #expect(diagnostics.first?.mark == SourceMark(line: 1, column: 24))
    }

    @Test("an unknown mode is told once, with the modes that there are")
    func unknownMode() {
        let diagnostics = load("authentication: {mode: Certificate}", [:]).1
        #expect(diagnostics.count == 1)
        #expect(diagnostics.first?.fix?.contains("ServicePrincipal") == true)
    }

    static let files: [(String, String)] = [
        ("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("s3cret\n\n", "s3cret"),
        (" s3 cret ", " s3 cret "), ("a\nb\n", "a\nb"),
    ]

    @Test("a secret file counts before all variables, without the line break at its end", arguments: files)
    func secretFile(content: String, secret: String) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(content.utf8).write(to: folder.appendingPathComponent("key"))
        for path in [folder.path, folder.path + "/"] {
            let text = "authentication: {secretFilePath: \(path), secretFileName: key}"
            let (runtime, diagnostics) = load(text, ["AUTH_APPID": "a", "AZIMUTH_AUTH_APPKEY": "other"])
            #expect(diagnostics.isEmpty)
            #expect(runtime?.identity.secret == Secret(secret))
        }
    }

    static let badFiles: [(Data?, String)] = [
        (nil, "there is no such file"), (Data(), "is empty"), (Data("\n\n".utf8), "is empty"),
        (Data([0xFF, 0xFE, 0x41]), "is not UTF-8 text"), (Data(count: 65_537), "the file is larger than"),
    ]

    @Test("a secret file that cannot be used is an error; no variable stands in", arguments: badFiles)
    func badFile(content: Data?, message: String) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try content?.write(to: folder.appendingPathComponent("key"))
        let text = "authentication: {secretFilePath: \(folder.path), secretFileName: key}"
        let (runtime, diagnostics) = load(text, ["AUTH_APPID": "a", "AUTH_APPKEY": "other"])
        #expect(runtime == nil)
        #expect(diagnostics.count == 1)
        #expect(diagnostics.first?.message.contains("\(folder.path)/key`") == true)
        #expect(diagnostics.first?.message.contains(message) == true, "\(diagnostics)")
    }

    @Test("half a secret file warns and the variable counts", arguments: ["secretFilePath", "secretFileName"])
    func half(key: String) {
        let (runtime, diagnostics) = load("authentication: {\(key): x}", ["AUTH_APPID": "a", "AUTH_APPKEY": "k"])
        #expect(runtime?.identity.secret == Secret("k"))
        #expect(diagnostics.map(\.severity) == [.warning])
        #expect(diagnostics.first?.message.contains("authentication.\(key)") == true)
    }

    @Test("a secret never shows, whatever prints it")
    func hidden() throws {
        let text = "metricSinks: {openTelemetryCollector: {collectorUri: 'http://c', headers: {a: hush}}}"
        let runtime = try #require(load(text, ["AUTH_APPID": "a", "AUTH_APPKEY": "hush"]).0)
        var dumped = ""
        dump(runtime, to: &dumped)
        for shown in ["\(runtime)", String(reflecting: runtime), dumped, "\(Secret("hush"))"] {
            #expect(!shown.contains("hush"))
            #expect(shown.contains("***"))
        }
        #expect(runtime.identity.secret.value == "hush")
    }

    private func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("azimuth-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
