import Foundation
import HTTPServer
import Testing

/// Certificates of a CA that only these tests trust, in a folder of their own.
package struct Certificates: Sendable {
    @TaskLocal package static var current = Certificates(folder: URL(fileURLWithPath: "/nonexistent"))

    package let folder: URL

    package func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// Makes `ca.pem`, `stranger.pem` (another CA), `namesake.pem` (another of the
    /// first one's name), and signed by the first: `good`, `elsewhere`, `expired`, `client`.
    package static func make() async throws -> Certificates {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let made = Certificates(folder: folder)
        let hosts = ["api", "login", "westeurope.management", "westeurope.metrics"]
            .map { "DNS:\($0).localhost" }.joined(separator: ",")
        try await made.openssl("ecparam", "-genkey", "-noout", "-name", "prime256v1", "-out", "key.pem")
        for name in ["ca", "stranger"] {
            try await made.openssl(
                "req", "-x509", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", "\(name).key", "-out", "\(name).pem", "-days", "1", "-subj", "/CN=Test \(name)")
        }
        // Another key under the name of the CA.
        try await made.openssl(
            "req", "-x509", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
            "namesake.key", "-out", "namesake.pem", "-days", "1", "-subj", "/CN=Test ca")
        try await made.sign("good", names: "IP:127.0.0.1,DNS:localhost,\(hosts)")
        try await made.sign("elsewhere", names: "DNS:elsewhere.example")
        try await made.sign("expired", names: "IP:127.0.0.1", days: -1)
        try await made.sign("client", names: "DNS:client.example")
        return made
    }

    /// Removes the folder.
    package func remove() { try? FileManager.default.removeItem(at: folder) }

    /// A folder with the CA of that name alone, to be found by its hash.
    package func hashedFolder(of name: String) async throws -> String {
        let made = folder.appendingPathComponent("hashed-\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: path("\(name).pem"), toPath: made.appendingPathComponent("one.pem").path)
        try await openssl("rehash", made.path)
        return made.path
    }

    /// What a server needs to show the certificate of that name.
    package func server(_ name: String) throws -> ServerCertificate {
        try ServerCertificate(certificateFile: path("\(name).pem"), keyFile: path("key.pem"))
    }

    private func sign(_ name: String, names: String, days: Int = 1) async throws {
        try Data("subjectAltName=\(names)\n".utf8).write(to: folder.appendingPathComponent("\(name).ext"))
        try await openssl("req", "-new", "-key", "key.pem", "-subj", "/CN=\(name)", "-out", "\(name).csr")
        try await openssl(
            "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "\(days)", "-extfile", "\(name).ext", "-out", "\(name).pem")
    }

    private func openssl(_ arguments: String...) async throws {
        try await Child.run("openssl", arguments, in: folder.path)
    }
}

/// Gives a suite ``Certificates/current`` and removes the folder behind it.
package struct CertificatesTrait: SuiteTrait, TestScoping {
    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let made = try await Certificates.make()
        defer { made.remove() }
        try await Certificates.$current.withValue(made, operation: function)
    }
}

extension Trait where Self == CertificatesTrait {
    package static var certificates: Self { CertificatesTrait() }
}
