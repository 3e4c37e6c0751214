import HTTPTransport
import MetricModel

extension OTLPSettings {
    /// The settings from the section `openTelemetryCollector`, the `OTEL_*` variables and the defaults, in this order.
    ///
    /// Variables follow the OpenTelemetry specification: an empty one is unset, the `METRICS` form of a variable beats
    /// the general one, and a value that cannot be read is warned of and not used.
    /// - Parameters:
    ///   - configured: `nil` when there is no such section.
    ///   - version: Of this program: the version of the scope.
    /// - Returns: No settings when neither the section nor an endpoint variable asks for OTLP.
    public static func resolve(
        configured: OTLPConfiguredValues?, environment: [String: String], version: String = ""
    ) -> (OTLPSettings?, [OTLPSettingsWarning]) {
        var resolver = Resolver(configured: configured ?? OTLPConfiguredValues(), environment: environment)
        guard configured != nil || resolver.hasEndpointVariable else { return (nil, []) }
        let settings = OTLPSettings(
            endpoint: resolver.endpoint(), headers: resolver.headers(), timeout: resolver.timeout(),
            tls: resolver.tls(), retryStatus: resolver.configured.retryStatus ?? [],
            mapping: resolver.mapping(version: version))
        resolver.checkUnsupported()
        return (settings, resolver.warnings)
    }
}

/// One pass over the sources. Each method decides one setting.
private struct Resolver {
    let configured: OTLPConfiguredValues
    let environment: [String: String]
    var warnings: [OTLPSettingsWarning] = []

    private static let prefix = "OTEL_EXPORTER_OTLP_"

    private mutating func warn(
        _ name: String, _ message: String, losing header: String? = nil, fix: String? = nil
    ) {
        warnings.append(OTLPSettingsWarning(name: name, message: message, lostHeader: header, fix: fix))
    }

    private func value(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The `METRICS` form of a variable and the general one, as far as they are set.
    private func variables(_ suffix: String) -> [(name: String, value: String)] {
        [Self.prefix + "METRICS_" + suffix, Self.prefix + suffix].compactMap { name in
            value(name).map { (name, $0) }
        }
    }

    var hasEndpointVariable: Bool { !variables("ENDPOINT").isEmpty }

    // MARK: Endpoint (V1–V3)

    mutating func endpoint() -> String {
        if let base = configured.collectorURI, let url = baseURL(base, from: "collectorUri") { return url }
        if let url = metricsEndpoint() { return url }
        let name = Self.prefix + "ENDPOINT"
        if let base = value(name), let url = baseURL(base, from: name) { return url }
        return OTLPSettings.defaultEndpoint
    }

    private mutating func baseURL(_ base: String, from name: String) -> String? {
        guard let (url, moved) = OTLPEndpoint.metrics(below: base) else {
            warnNoURL(name)
            return nil
        }
        if moved { warn(name, "port 4317 is OTLP over gRPC; OTLP over HTTP is spoken here, so port 4318 is used") }
        return url
    }

    private mutating func metricsEndpoint() -> String? {
        let name = Self.prefix + "METRICS_ENDPOINT"
        guard let text = value(name) else { return nil }
        guard let url = OTLPEndpoint.exact(text) else {
            warnNoURL(name)
            return nil
        }
        return url
    }

    private mutating func warnNoURL(_ name: String) {
        warn(name, "not a URL such as http://collector:4318; it is not used")
    }

    // MARK: Headers (V4)

    mutating func headers() -> [(name: String, value: String)] {
        if let headers = configured.headers { return headers.filter { isUsable($0, from: "headers") } }
        guard let (name, text) = variables("HEADERS").first else { return [] }
        var headers: [(name: String, value: String)] = []
        for item in KeyValueList.items(of: text) {
            switch item {
            case .pair(let key, let value):
                if isUsable((key, value), from: name) { headers.append((key, value)) }
            case .unreadable(let position):
                warn(name, "item \(position) is not key=value with a percent-encoded value; it is not sent")
            }
        }
        return headers
    }

    private mutating func isUsable(_ header: (name: String, value: String), from source: String) -> Bool {
        guard HTTPField.isName(header.name) else {
            warn(
                source, "one of the keys is no name of an HTTP header; it is not sent", losing: header.name,
                fix: "a name is made of letters, digits and -")
            return false
        }
        guard !OTLPHeader.isReserved(header.name) else {
            warn(source, "the header \(header.name) is set by the exporter; yours is not sent")
            return false
        }
        guard HTTPField.isValue(header.value) else {
            warn(
                source, "the value of \(header.name) has a line break or another control character; it is not sent",
                losing: header.name, fix: "write it on one line")
            return false
        }
        return true
    }

    // MARK: Time-out, TLS (V6, V8)

    mutating func timeout() -> Duration {
        if let timeout = configured.timeout { return timeout }
        for (name, text) in variables("TIMEOUT") {
            if let milliseconds = Int32(text), milliseconds > 0 { return .milliseconds(milliseconds) }
            if Int32(text) == 0 {
                // The specification's "no limit". One connection that says nothing must not stop delivery for good.
                warn(name, "0 is no limit, and a collector that never answers would stop all delivery; 1 hour is used")
                return .seconds(3600)
            }
            warn(name, "\(text) is no time-out in whole milliseconds from 1 to \(Int32.max); it is not used")
        }
        return OTLPSettings.defaultTimeout
    }

    mutating func tls() -> TLSSettings {
        if let tls = configured.tls { return tls }
        var tls = TLSSettings(caFile: variables("CERTIFICATE").first?.value)
        let certificate = variables("CLIENT_CERTIFICATE").first
        let key = variables("CLIENT_KEY").first
        switch (certificate, key) {
        case (let certificate?, let key?):
            tls.clientCertificateFile = certificate.value
            tls.clientKeyFile = key.value
        case (let one?, nil), (nil, let one?):
            warn(one.name, "a client certificate needs its key and the key its certificate; neither is used")
        case (nil, nil): break
        }
        return tls
    }

    // MARK: Mapping (V5, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES)

    mutating func mapping(version: String) -> OTLPMapping {
        var extra = resourceAttributes()
        let variable = value("OTEL_SERVICE_NAME")
        let name = configured.serviceName ?? variable ?? extra.first { $0.name == "service.name" }?.value
        let namespace = configured.serviceNamespace ?? extra.first { $0.name == "service.namespace" }?.value
        // The instance is always the Azure resource: one for all would make one series of many resources.
        extra.removeAll { ["service.name", "service.namespace", "service.instance.id"].contains($0.name) }
        return OTLPMapping(
            layout: configured.layout ?? .resource, pointTime: configured.pointTime ?? .end, serviceName: name,
            serviceNamespace: namespace ?? "azure", extraAttributes: extra, scopeVersion: version,
            isCompressed: compression())
    }

    private mutating func compression() -> Bool {
        if let isCompressed = configured.isCompressed { return isCompressed }
        for (name, text) in variables("COMPRESSION") {
            switch text.lowercased() {
            case "gzip": return true
            case "none": return false
            default: warn(name, "\(text) is not known (gzip, none); it is not used")
            }
        }
        return true
    }

    /// One unreadable item discards the whole variable, as the specification wants it.
    private mutating func resourceAttributes() -> [Label] {
        let name = "OTEL_RESOURCE_ATTRIBUTES"
        guard let text = value(name) else { return [] }
        var attributes: [Label] = []
        for item in KeyValueList.items(of: text) {
            switch item {
            case .pair(let key, let value):
                attributes.removeAll { $0.name == key }
                attributes.append(Label(key, value))
            case .unreadable(let position):
                warn(name, "item \(position) is not key=value with a percent-encoded value; the variable is not used")
                return []
            }
        }
        return attributes
    }

    // MARK: What has no choice here (V7, V9–V12)

    mutating func checkUnsupported() {
        if let (name, text) = variables("PROTOCOL").first, text.lowercased() != "http/protobuf" {
            warn(name, "\(text) is not spoken here; http/protobuf is used")
        }
        let name = Self.prefix + "METRICS_TEMPORALITY_PREFERENCE"
        if let text = value(name), text.lowercased() != "cumulative" {
            warn(name, "\(text) has no effect: every metric is sent as a gauge, which has no temporality")
        }
    }
}
