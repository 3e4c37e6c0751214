import Foundation

/// Debian's nginx, unpacked beside the tests, with HTTP/2 over TLS.
package final class Nginx {
    package let port: UInt16
    private let child: Child
    private let folder: URL

    /// Serves `content` at `/content`, compressed, hands `/echo` on to the port `upstream`, and
    /// answers `/early/200` and `/early/401` with that status before a body has come.
    package init(_ certificates: Certificates, serving content: [UInt8], upstream: UInt16) async throws {
        let tools = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let program = try await Child.run(tools.appendingPathComponent("Tools/unpack-nginx.sh").path, [])
        folder = certificates.folder.appendingPathComponent("nginx-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(content).write(to: folder.appendingPathComponent("content"))
        let (socket, port) = try listeningSocket()
        defer { close(socket) }
        self.port = port
        try Data(Self.configuration(port: port, upstream: upstream, folder: folder.path).utf8)
            .write(to: folder.appendingPathComponent("nginx.conf"))
        // It inherits the listening socket as its standard input: the port is the kernel's choice and cannot be lost.
        child = try Child(
            program, ["-p", folder.path, "-c", "nginx.conf", "-e", "stderr"], in: folder.path,
            environment: ["NGINX": "0;"], input: socket)
    }

    private static func configuration(port: UInt16, upstream: UInt16, folder: String) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: " ")
        return """
            daemon off; pid nginx.pid; error_log stderr;
            events {}
            http {
                access_log off; \(temporary)
                gzip on; gzip_types *;
                server {
                    listen 127.0.0.1:\(port) ssl http2;
                    ssl_certificate ../good.pem; ssl_certificate_key ../key.pem;
                    add_header X-Connection $connection;
                    root \(folder);
                    location /echo { client_max_body_size 10m; proxy_pass http://127.0.0.1:\(upstream); }
                    location /early/200 { return 200; }
                    location /early/401 { return 401; }
                }
            }
            """
    }
}
