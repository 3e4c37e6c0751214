import Foundation

/// Debian's nginx in front of a server on this machine: it speaks TLS and may want a client certificate.
package final class TLSFront {
    package let port: UInt16
    private let child: Child

    /// Hands every request on to the port `upstream`, with the subject of the client's certificate as `X-Client`.
    /// - Parameters:
    ///   - certificate: The name of the certificate that is shown.
    ///   - clientCA: The name of the CA that must have signed the client's certificate; `nil` = none is asked for. A client
    ///     without one is answered with nginx's own 400.
    ///   - refusal: The status for a client without a certificate of that CA, instead of 400.
    package init(
        _ certificates: Certificates, certificate: String = "good", clientCA: String? = nil, refusal: Int? = nil,
        upstream: UInt16
    ) async throws {
        let tools = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let program = try await Child.run(tools.appendingPathComponent("Tools/unpack-nginx.sh").path, [])
        let folder = certificates.folder.appendingPathComponent("front-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (socket, port) = try listeningSocket()
        defer { close(socket) }
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: " ")
        let client = clientCA.map { "ssl_verify_client on; ssl_client_certificate ../\($0).pem;" } ?? ""
        let refused = refusal.map { "error_page 495 496 =\($0) /refused; location /refused { return \($0); }" } ?? ""
        let configuration = """
            daemon off; pid nginx.pid; error_log stderr;
            events {}
            http {
                access_log off; \(temporary)
                server {
                    listen 127.0.0.1:\(port) ssl;
                    ssl_certificate ../\(certificate).pem; ssl_certificate_key ../key.pem;
                    \(client)
                    \(refused)
                    location / {
                        proxy_pass http://127.0.0.1:\(upstream);
                        proxy_set_header X-Client $ssl_client_s_dn;
                        proxy_set_header X-Connection $connection;
                    }
                }
            }
            """
        try Data(configuration.utf8).write(to: folder.appendingPathComponent("nginx.conf"))
        self.port = port
        // It inherits the listening socket as its standard input: the port is the kernel's choice and cannot be lost.
        child = try Child(
            program, ["-p", folder.path, "-c", "nginx.conf", "-e", "stderr"], in: folder.path,
            environment: ["NGINX": "0;"], input: socket)
    }
}
