import Gzip
import HTTPServer

extension ServedResponse {
    /// Smaller answers are sent as they are.
    private static let smallestCompressed = 1024

    /// The same answer, as gzip if `request` accepts it and the body is worth it.
    func compressed(for request: ServedRequest) -> ServedResponse {
        // An answer that cannot be compressed is still a right answer as it is.
        guard body.count > Self.smallestCompressed, request.acceptsGzip, let packed = try? Gzip.compress(body) else {
            return self
        }
        var copy = self
        copy.body = packed
        copy.headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        return copy
    }
}

extension ServedRequest {
    /// Whether `Accept-Encoding` names gzip without refusing it.
    var acceptsGzip: Bool {
        (header("Accept-Encoding") ?? "").lowercased().split(separator: ",").contains { coding in
            let parts = coding.split(separator: ";").map(trimmed)
            return parts.first == "gzip" && !parts.dropFirst().contains { $0 == "q=0" || $0 == "q=0.0" }
        }
    }
}
