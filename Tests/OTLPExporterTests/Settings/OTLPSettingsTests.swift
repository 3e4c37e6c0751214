import HTTPTransport
import MetricModel
import Testing

@testable import OTLPExporter

@Suite struct OTLPSettingsTests {
    static let prefix = "OTEL_EXPORTER_OTLP_"

    /// Settings of an empty section and these variables, their names without the prefix.
    static func resolve(
        _ variables: [String: String], _ configured: OTLPConfiguredValues? = OTLPConfiguredValues()
    ) throws -> (settings: OTLPSettings, warned: [String]) {
        let environment = Dictionary(
            uniqueKeysWithValues: variables.map { ($0.key.hasPrefix("OTEL_") ? $0.key : prefix + $0.key, $0.value) })
        let (settings, warnings) = OTLPSettings.resolve(configured: configured, environment: environment, version: "9")
        return (try #require(settings), warnings.map(\.name))
    }

    @Test("without a section and an endpoint variable there is no OTLP")
    func off() {
        for environment in [[:], ["OTEL_EXPORTER_OTLP_ENDPOINT": ""], ["OTEL_EXPORTER_OTLP_HEADERS": "a=b"]] {
            let (settings, warnings) = OTLPSettings.resolve(configured: nil, environment: environment)
            #expect(settings == nil)
            #expect(warnings.isEmpty)
        }
    }

    @Test("a section or one endpoint variable is enough", arguments: ["ENDPOINT", "METRICS_ENDPOINT"])
    func on(variable: String) throws {
        #expect(try Self.resolve([:]).settings.endpoint == "http://localhost:4318/v1/metrics")
        #expect(try Self.resolve([variable: "http://c:1/p"], nil).settings.endpoint.hasPrefix("http://c:1/p"))
    }

    static let endpoints: [(collector: String?, general: String?, metrics: String?, expected: String)] = [
        // V1: a base URL, exactly one slash between.
        (nil, "http://c:4318", nil, "http://c:4318/v1/metrics"),
        (nil, "http://c:4318/", nil, "http://c:4318/v1/metrics"),
        (nil, "http://c:4318/x", nil, "http://c:4318/x/v1/metrics"),
        (nil, "http://c:4318/x/", nil, "http://c:4318/x/v1/metrics"),
        (nil, "https://c", nil, "https://c/v1/metrics"),
        (nil, "HTTP://C:8080/x?y=1", nil, "HTTP://C:8080/x/v1/metrics?y=1"),
        (nil, "http://[::1]:4318", nil, "http://[::1]:4318/v1/metrics"),
        // V2: used as it stands; an empty path becomes a slash.
        (nil, nil, "http://c:4318", "http://c:4318/"),
        (nil, nil, "http://c:4318/", "http://c:4318/"),
        (nil, nil, "http://c:4317/x", "http://c:4317/x"),
        (nil, nil, "http://c/x/?a=b", "http://c/x/?a=b"),
        (nil, nil, "https://c?a=b", "https://c/?a=b"),
        // Precedence.
        (nil, "http://general", "http://metrics/m", "http://metrics/m"),
        ("http://file:1", "http://general", "http://metrics/m", "http://file:1/v1/metrics"),
        ("http://file:1/base/", nil, nil, "http://file:1/base/v1/metrics"),
        // Empty is unset.
        (nil, "http://general", "", "http://general/v1/metrics"),
    ]

    @Test("retryStatus is the section's; there is no variable for it")
    func retryStatus() throws {
        #expect(try Self.resolve([:]).settings.retryStatus.isEmpty)
        #expect(try Self.resolve([:], OTLPConfiguredValues(retryStatus: [500])).settings.retryStatus == [500])
    }

    @Test("V1, V2, V3: endpoints", arguments: endpoints)
    func endpoint(collector: String?, general: String?, metrics: String?, expected: String) throws {
        var variables: [String: String] = [:]
        variables["ENDPOINT"] = general
        variables["METRICS_ENDPOINT"] = metrics
        let (settings, warned) = try Self.resolve(variables, OTLPConfiguredValues(collectorURI: collector))
        #expect(settings.endpoint == expected)
        #expect(warned.isEmpty)
    }

    @Test("port 4317 of http becomes 4318, with one warning")
    func grpcPort() throws {
        let configured = OTLPConfiguredValues(collectorURI: "http://collector:4317")
        let (settings, warned) = try Self.resolve([:], configured)
        #expect(settings.endpoint == "http://collector:4318/v1/metrics")
        #expect(warned == ["collectorUri"])
        let environment = try Self.resolve(["ENDPOINT": "http://c:4317/x", "PROTOCOL": "grpc"], nil)
        #expect(environment.settings.endpoint == "http://c:4318/x/v1/metrics")
        #expect(environment.warned == [Self.prefix + "ENDPOINT", Self.prefix + "PROTOCOL"])
        #expect(try Self.resolve(["ENDPOINT": "https://c:4317"]).settings.endpoint == "https://c:4317/v1/metrics")
    }

    @Test(
        "what is no URL is warned of and not used",
        arguments: ["collector:4318", "ftp://c", "http://", "http://:80", "http://c:99999", "http://c:0", "http://c d"])
    func badEndpoint(text: String) throws {
        let (settings, warned) = try Self.resolve(["ENDPOINT": text, "METRICS_ENDPOINT": text], nil)
        #expect(settings.endpoint == OTLPSettings.defaultEndpoint)
        #expect(warned == [Self.prefix + "METRICS_ENDPOINT", Self.prefix + "ENDPOINT"])
    }

    @Test("a log shows neither user nor query")
    func display() {
        let settings = OTLPSettings(endpoint: "https://user:secret@c:1/v1/metrics?key=secret")
        #expect(settings.displayEndpoint == "https://c:1/v1/metrics")
    }

    static let headerLists: [(String, [String], Int)] = [
        ("a=b", ["a: b"], 0), ("a=b,c=d", ["a: b", "c: d"], 0), (" a = b , c=d ,", ["a: b", "c: d"], 0),
        ("authorization=Basic%20abc%3D", ["authorization: Basic abc="], 0), ("a=b=c", ["a: b=c"], 0),
        ("a=", ["a: "], 0), ("a=%F0%9F%98%80", ["a: 😀"], 0),
        ("broken,c=d", ["c: d"], 1), ("a=%4,c=d", ["c: d"], 1), ("a=%zz", [], 1), ("a=%ff", [], 1), ("=b", [], 1),
        ("a=x%0d%0aInjected: y", [], 1), ("a b=c", [], 1), ("Content-Type=text/plain", [], 1),
    ]

    @Test("V4: headers", arguments: headerLists)
    func headers(text: String, expected: [String], warnings: Int) throws {
        let (settings, warned) = try Self.resolve(["HEADERS": text])
        #expect(settings.headers.map { "\($0.name): \($0.value)" } == expected)
        #expect(warned == Array(repeating: Self.prefix + "HEADERS", count: warnings))
    }

    @Test("headers of the section replace those of METRICS_HEADERS, which replace those of HEADERS")
    func headerPrecedence() throws {
        let both = ["HEADERS": "a=1,b=1", "METRICS_HEADERS": "a=2"]
        #expect(try Self.resolve(both).settings.headers.map(\.value) == ["2"])
        let configured = OTLPConfiguredValues(headers: [("c", "3")])
        #expect(try Self.resolve(both, configured).settings.headers.map(\.value) == ["3"])
    }

    @Test("no warning shows a header's value")
    func secrets() {
        for text in ["s3cret", "a=s3cret%", "a=s3cret%0a", "Content-Type=s3cret", "b a=s3cret"] {
            let (_, warnings) = OTLPSettings.resolve(
                configured: OTLPConfiguredValues(), environment: ["OTEL_EXPORTER_OTLP_HEADERS": text])
            #expect(warnings.count == 1)
            #expect(!warnings.contains { $0.description.contains("s3cret") })
        }
    }

    @Test(
        "V5: compression",
        arguments: [("", true, 0), ("gzip", true, 0), ("GZIP", true, 0), ("none", false, 0), ("zstd", true, 1)])
    func compression(text: String, isCompressed: Bool, warnings: Int) throws {
        let (settings, warned) = try Self.resolve(["COMPRESSION": text])
        #expect(settings.mapping.isCompressed == isCompressed)
        #expect(warned.count == warnings)
        let specific = try Self.resolve(["METRICS_COMPRESSION": "none", "COMPRESSION": "gzip"])
        #expect(!specific.settings.mapping.isCompressed)
        #expect(
            try Self.resolve(["COMPRESSION": "none"], OTLPConfiguredValues(isCompressed: true)).settings.mapping
                .isCompressed)
    }

    @Test(
        "V6: time-out",
        arguments: [
            ("", 10_000, 0), ("1", 1, 0), ("2500", 2500, 0), ("0", 3_600_000, 1), ("-1", 10_000, 1), ("10s", 10_000, 1),
            ("99999999999", 10_000, 1),
        ])
    func timeout(text: String, milliseconds: Int, warnings: Int) throws {
        let (settings, warned) = try Self.resolve(["TIMEOUT": text])
        #expect(settings.timeout == .milliseconds(milliseconds))
        #expect(warned.count == warnings)
        #expect(try Self.resolve(["TIMEOUT": "1", "METRICS_TIMEOUT": "2"]).settings.timeout == .milliseconds(2))
        let configured = OTLPConfiguredValues(timeout: .seconds(3))
        #expect(try Self.resolve(["METRICS_TIMEOUT": "2"], configured).settings.timeout == .seconds(3))
    }

    @Test(
        "V7: only http/protobuf",
        arguments: [("", 0), ("http/protobuf", 0), ("HTTP/PROTOBUF", 0), ("grpc", 1), ("http/json", 1), ("x", 1)])
    func transport(text: String, warnings: Int) throws {
        #expect(try Self.resolve(["PROTOCOL": text]).warned.count == warnings)
        #expect(try Self.resolve(["METRICS_PROTOCOL": text]).warned.count == warnings)
    }

    static let files: [([String: String], TLSSettings, Int)] = [
        ([:], TLSSettings(), 0),
        (["CERTIFICATE": "ca"], TLSSettings(caFile: "ca"), 0),
        (["CERTIFICATE": "ca", "METRICS_CERTIFICATE": "m"], TLSSettings(caFile: "m"), 0),
        (
            ["CLIENT_CERTIFICATE": "c", "CLIENT_KEY": "k"], TLSSettings(clientCertificateFile: "c", clientKeyFile: "k"),
            0
        ),
        (
            ["METRICS_CLIENT_CERTIFICATE": "c", "METRICS_CLIENT_KEY": "k", "CLIENT_KEY": "x"],
            TLSSettings(clientCertificateFile: "c", clientKeyFile: "k"), 0
        ),
        (["CLIENT_CERTIFICATE": "c"], TLSSettings(), 1), (["CLIENT_KEY": "k"], TLSSettings(), 1),
    ]

    @Test("V8: certificates", arguments: files)
    func tls(variables: [String: String], expected: TLSSettings, warnings: Int) throws {
        let (settings, warned) = try Self.resolve(variables)
        #expect(settings.tls == expected)
        #expect(warned.count == warnings)
        let configured = OTLPConfiguredValues(tls: TLSSettings(caFile: "own"))
        #expect(try Self.resolve(variables, configured).settings.tls == TLSSettings(caFile: "own"))
    }

    @Test(
        "V9, V10, V11: what has no effect here",
        arguments: [
            (["INSECURE": "maybe"], 0), (["METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "x"], 0),
            (["METRICS_TEMPORALITY_PREFERENCE": "cumulative"], 0), (["METRICS_TEMPORALITY_PREFERENCE": "Delta"], 1),
            (["METRICS_TEMPORALITY_PREFERENCE": "lowmemory"], 1),
        ])
    func noEffect(variables: [String: String], warnings: Int) throws {
        #expect(try Self.resolve(variables).warned.count == warnings)
    }

    @Test("V12: a batch stays below the request limit, an answer is read up to 4 MiB")
    func limits() throws {
        #expect(try Self.resolve([:]).settings.mapping.maximumBytes == 1 << 20)
        #expect(OTLPAnswer.maximumBodyBytes == 4_194_304)
    }

    @Test("service name: section, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES")
    func serviceName() throws {
        var variables = ["OTEL_RESOURCE_ATTRIBUTES": "service.name=c,service.namespace=n,service.instance.id=i,x=y"]
        var mapping = try Self.resolve(variables).settings.mapping
        #expect(mapping.serviceName == "c")
        #expect(mapping.serviceNamespace == "n")
        #expect(mapping.extraAttributes == [Label("x", "y")])
        #expect(mapping.scopeVersion == "9")
        variables["OTEL_SERVICE_NAME"] = "b"
        #expect(try Self.resolve(variables).settings.mapping.serviceName == "b")
        mapping = try Self.resolve(variables, OTLPConfiguredValues(serviceName: "a", serviceNamespace: "m")).settings
            .mapping
        #expect(mapping.serviceName == "a")
        #expect(mapping.serviceNamespace == "m")
        mapping = try Self.resolve([:]).settings.mapping
        #expect(mapping.serviceName == nil)
        #expect(mapping.serviceNamespace == "azure")
    }

    static let attributes: [(String, [Label], Int)] = [
        ("a=b,c=d%2Ce", [Label("a", "b"), Label("c", "d,e")], 0), ("a=1,a=2", [Label("a", "2")], 0),
        ("a=b,broken", [], 1), ("a=b,c=%", [], 1), (" a = b ", [Label("a", "b")], 0),
    ]

    @Test("one unreadable resource attribute discards them all", arguments: attributes)
    func resourceAttributes(text: String, expected: [Label], warnings: Int) throws {
        let (settings, warned) = try Self.resolve(["OTEL_RESOURCE_ATTRIBUTES": text])
        #expect(settings.mapping.extraAttributes == expected)
        #expect(warned == Array(repeating: "OTEL_RESOURCE_ATTRIBUTES", count: warnings))
    }

    @Test("layout and time come from the section")
    func layout() throws {
        let mapping = try Self.resolve([:], OTLPConfiguredValues(layout: .flat, pointTime: .start)).settings.mapping
        #expect(mapping.layout == .flat)
        #expect(mapping.pointTime == .start)
        #expect(try Self.resolve([:]).settings.mapping.layout == .resource)
        #expect(try Self.resolve([:]).settings.mapping.pointTime == .end)
    }
}
