import HTTPServer
import MetricModel

extension Fault {
    /// What a fault can choose by.
    struct Call: Sendable {
        let route: String
        let address: Address
        let request: ServedRequest
        let now: Timestamp

        /// Whether path or body holds `part`, which is in lower case.
        func names(resource part: String) -> Bool {
            if ("/" + address.path.joined(separator: "/")).lowercased().contains(part) { return true }
            // JSON may escape slashes.
            return String(decoding: request.body, as: UTF8.self).lowercased().filter { $0 != "\\" }.contains(part)
        }

        /// Whether `metric`, which is in lower case, is one of those that are asked for.
        func asks(for metric: String) -> Bool {
            (Parameters(encoded: request.query).list("metricnames") ?? []).contains { $0.lowercased() == metric }
        }
    }

    /// Whether `call` is one of those that are counted, when it is switched on in `window`.
    func isAbout(_ call: Call, window: Range<Timestamp>) -> Bool {
        guard route == nil || route == call.route, window.contains(call.now) else { return false }
        if let region, region.lowercased() != call.address.site.region { return false }
        if let host, !(call.request.header("Host") ?? "").lowercased().contains(host.lowercased()) { return false }
        if let metric, !call.asks(for: metric.lowercased()) { return false }
        return resource.map { call.names(resource: $0.lowercased()) } ?? true
    }
}
