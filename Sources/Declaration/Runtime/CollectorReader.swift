import MetricModel

/// Makes the collector's settings of the section `metricSinks.openTelemetryCollector`.
struct CollectorReader {
    let settings: RuntimeSettings
    let environment: [String: String]
    let diagnostics: Diagnostics

    private static let section = "metricSinks.openTelemetryCollector"

    /// The section; `nil` when it is not there or empty. What is wrong is in the diagnostics.
    func collector() -> CollectorSettings? {
        let section = Self.section
        guard let first = settings.below(section).first else { return nil }
        var collector = CollectorSettings()
        collector.collectorURI = collectorURI(section + ".collectorUri", first: first)
        collector.headers = headers(section + ".headers")
        collector.timeout = timeout(section + ".timeout")
        collector.retryCap = retryCap(section + ".retryCap")
        collector.isCompressed = settings.text(section + ".compression").map { $0.lowercased() == "gzip" }
        collector.tls = tls(section + ".tls")
        collector.layout = settings.word(section + ".layout", as: CollectorSettings.Layout.self)
        collector.timestamp = settings.word(section + ".timestamp", as: CollectorSettings.PointTime.self)
        collector.sumsAs = settings.word(section + ".sumsAs", as: SumForm.self)
        collector.serviceName = settings.text(section + ".serviceName")
        collector.serviceNamespace = settings.text(section + ".serviceNamespace")
        collector.retryStatus = retryStatus(section + ".retryStatus")
        return collector
    }

    private func collectorURI(_ path: String, first: RuntimeSetting) -> String? {
        guard let setting = settings[path] else {
            if let blank = settings.below(Self.section).first(where: {
                $0.key.last == "collectoruri"
            }) {
                diagnostics.error("`collectorUri` has no value", about: blank, fix: "write http://collector:4318")
                return nil
            }
            let variables = ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]
            if variables.allSatisfy({ environment[$0, default: ""].isBlank }) {
                diagnostics.warn(
                    "no `collectorUri` is given; http://localhost:4318 is used", aboutKeyOf: first, level: 1,
                    fix: "add `collectorUri:`")
            }
            return nil
        }
        let text = setting.text.trimmingBlanks
        let lowercased = text.lowercased()
        let scheme = ["http://", "https://"].first(where: lowercased.hasPrefix)
        let host = scheme.map { text.dropFirst($0.count).prefix { !"/?#".contains($0) } } ?? ""
        guard !host.isEmpty, !text.contains(where: \.isWhitespace) else {
            // The text is not repeated: it may hold a password.
            diagnostics.error(
                "`collectorUri` is no absolute URL", about: setting, fix: "write http://collector:4318 or https://…")
            return nil
        }
        guard hasUsablePort(host) else {
            diagnostics.error(
                "the port of `collectorUri` is no number from 1 to 65535", about: setting,
                fix: "write http://collector:4318")
            return nil
        }
        warnOfFullURL(text, setting)
        return text
    }

    /// What other programs want whole is the base of a URL here. User and query are not repeated: they may be secret.
    private func warnOfFullURL(_ text: String, _ setting: RuntimeSetting) {
        var url = text.prefix { !"?#".contains($0) }
        while url.hasSuffix("/") { url.removeLast() }
        guard url.lowercased().hasSuffix("/v1/metrics"), let slashes = url.firstRange(of: "://") else { return }
        let server = url[slashes.upperBound...].split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let shown = url[..<slashes.upperBound] + server
        diagnostics.warn(
            "`collectorUri` is a base URL to which v1/metrics is appended: it is posted to \(shown)/v1/metrics",
            about: setting, fix: "write \(shown.dropLast("/v1/metrics".count))")
    }

    /// Whether `server` (user, host and port) names no port, or one that exists.
    private func hasUsablePort(_ server: Substring) -> Bool {
        let hostAndPort = server.split(separator: "@", omittingEmptySubsequences: false).last ?? server
        guard let colon = hostAndPort.lastIndex(of: ":"), !hostAndPort[colon...].contains("]") else { return true }
        return UInt16(hostAndPort[hostAndPort.index(after: colon)...]).map { $0 > 0 } ?? false
    }

    private func headers(_ section: String) -> [CollectorSettings.Header]? {
        let headers = settings.below(section).filter { $0.key.count == 4 && !$0.text.isBlank }
        if let item = headers.first(where: { Int($0.path[3]) != nil }) {
            diagnostics.error(
                "`headers` must be a mapping, not a list", about: item, fix: "write `name: value` below it")
        }
        return headers.isEmpty ? nil : headers.map { .init($0.path[3], Secret($0.text)) }
    }

    private func tls(_ section: String) -> CollectorSettings.TLS? {
        let tls = CollectorSettings.TLS(
            caFile: settings.text(section + ".caFile"),
            clientCertificateFile: settings.text(section + ".clientCertificateFile"),
            clientKeyFile: settings.text(section + ".clientKeyFile"))
        let names = [".clientCertificateFile", ".clientKeyFile"]
        let given = names.compactMap { settings[section + $0] }
        if given.count == 1 {
            diagnostics.error(
                "a client certificate needs its key and the key its certificate", about: given[0],
                fix: "give both `clientCertificateFile` and `clientKeyFile`")
        }
        return tls == CollectorSettings.TLS() ? nil : tls
    }

    private func retryStatus(_ path: String) -> Set<Int>? {
        let given = [settings[path]].compactMap { $0 } + settings.below(path).filter { !$0.text.isBlank }
        if let item = given.first(where: { $0.path.count == 4 && Int($0.path[3]) == nil }) {
            diagnostics.error(
                "`retryStatus` must be a list, not a mapping", about: item, fix: "write `retryStatus: [500]`")
        }
        var statuses: Set<Int> = []
        for setting in given {
            // What cannot be read is reported already.
            guard let list = StatusList(setting.text) else { continue }
            statuses.formUnion(list.statuses)
            for status in list.statuses where Self.divided.contains(status) {
                diagnostics.warn(
                    "with \(status) in `retryStatus` a request with one bad point is sent for ever, and all others wait",
                    about: setting, fix: "leave \(status) out: the bad point is then found, dropped and counted")
            }
        }
        return given.isEmpty ? nil : statuses
    }

    /// Statuses after which the exporter looks for the points that are not taken.
    private static let divided: Set<Int> = [400, 413]

    private func retryCap(_ path: String) -> Duration? {
        let cap = settings.duration(path)
        if cap == .zero, let setting = settings[path] {
            diagnostics.error(
                "a `retryCap` of zero would ask a collector that is away again and again without a pause",
                about: setting, fix: "leave it out for 00:01:00, or write 00:00:01 or more")
        }
        return cap
    }

    private func timeout(_ path: String) -> Duration? {
        let timeout = settings.duration(path)
        if timeout == .zero, let setting = settings[path] {
            diagnostics.error(
                "a `timeout` of zero would wait for ever for a collector that does not answer, and all points behind it",
                about: setting, fix: "leave it out for 10 seconds, or write up to 01:00:00")
        }
        return timeout
    }
}
