// swift-tools-version: 6.2
import PackageDescription

/// CI sets `AZIMUTH_WARNINGS_AS_ERRORS=1`: our own targets then build without a warning or not at all.
/// (`-warnings-as-errors` on the command line would hit the dependencies too.)
let strict = Context.environment["AZIMUTH_WARNINGS_AS_ERRORS"] == "1"
let settings: [SwiftSetting] = strict ? [.treatAllWarnings(as: .error)] : []

let log = Target.Dependency.product(name: "Logging", package: "swift-log")

/// One room of the architecture (docs/architecture.md). Listed leaf first; imports point up the list only.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// Tests of one room, fixtures beside them.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: dependencies, exclude: exclusions[name] ?? [], swiftSettings: settings)
}

let exclusions: [String: [String]] = ["Declaration": ["Fixtures"]]

let package = Package(
    name: "azimuth",
    products: [.executable(name: "azimuth", targets: ["azimuth"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        // C seams: thin shims over the system's libraries.
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("z")]),
        .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CYAML", linkerSettings: [.linkedLibrary("yaml")]),
        .target(name: "CMicroHTTPD", linkerSettings: [.linkedLibrary("microhttpd")]),
        .target(
            name: "CSimdJSON",
            cxxSettings: [.define("SIMDJSON_THREADS_ENABLED", to: "1")],
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "COTLP", linkerSettings: [.linkedLibrary("protobuf-c")]),

        // Values and pure decisions.
        room("MetricModel"),
        room("TerminalText"),
        room("Gzip", ["CZlib"]),
        room("HTTPTransport", ["CCurl", "MetricModel"]),
        room("HTTPServer", ["CMicroHTTPD", "MetricModel"]),
        room("ResourceCatalog", ["MetricModel"]),
        room("Declaration", ["CYAML", "MetricModel", "ResourceCatalog"]),
        room("Settlement", ["MetricModel"]),
        room("Planning", ["MetricModel"]),

        // The two ends of the wire.
        room("AzureMonitor", ["CSimdJSON", "HTTPTransport", "MetricModel"]),
        room("OTLPExporter", ["COTLP", "Gzip", "HTTPTransport", "MetricModel"]),

        // The agent.
        room("AgentServer", ["HTTPServer", "MetricModel"]),
        room(
            "Agent",
            [
                "AgentServer", "AzureMonitor", "Declaration", "HTTPTransport", "MetricModel", "OTLPExporter",
                "Planning",
                "Settlement", log,
            ]),

        // The other side, for demos, tests and users' CI.
        room("AzureSimulator", ["Gzip", "HTTPServer", "MetricModel"]),
        room("OTLPReceiver", ["COTLP", "Gzip", "HTTPServer", "MetricModel"]),
        room(
            "Demo",
            [
                "Agent", "AzureMonitor", "AzureSimulator", "Declaration", "HTTPTransport", "MetricModel",
                "OTLPExporter", "OTLPReceiver", "ResourceCatalog", "TerminalText",
            ]),

        .executableTarget(
            name: "azimuth",
            dependencies: [
                "Agent", "AgentServer", "AzureMonitor", "AzureSimulator", "Declaration", "Demo", "HTTPServer",
                "HTTPTransport", "MetricModel", "OTLPExporter", "TerminalText", log,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        .executableTarget(
            name: "azimuth-bench",
            dependencies: ["Agent", "AzureMonitor", "Declaration", "HTTPTransport", "MetricModel", "OTLPExporter"],
            path: "Benchmarks/azimuth-bench",
            swiftSettings: settings),

        // Servers and certificates that several test targets use.
        .target(
            name: "TestServers", dependencies: ["HTTPServer", "MetricModel"], path: "Tests/TestServers",
            swiftSettings: settings),

        // One declared resource of each type and what it must become, for more than one test.
        .target(
            name: "ResourceFixture", path: "Tests/Fixtures", exclude: ["resource-types.json"], swiftSettings: settings),

        tests("MetricModel", ["MetricModel"]),
        tests("Gzip", ["Gzip"]),
        tests("HTTPTransport", ["HTTPTransport", "HTTPServer", "Gzip", "MetricModel", "TestServers"]),
        tests("HTTPServer", ["HTTPServer", "HTTPTransport", "MetricModel", "TestServers"]),
        tests("ResourceCatalog", ["ResourceCatalog", "ResourceFixture", "MetricModel"]),
        tests("Declaration", ["Declaration", "ResourceCatalog", "MetricModel"]),
        tests("Settlement", ["Settlement", "MetricModel"]),
        tests("Planning", ["Planning", "MetricModel"]),
        tests("AzureMonitor", ["AzureMonitor", "HTTPTransport", "HTTPServer", "MetricModel", "TestServers"]),
        tests(
            "OTLPExporter",
            [
                "OTLPExporter", "OTLPReceiver", "COTLP", "Gzip", "HTTPTransport", "HTTPServer", "MetricModel",
                "TestServers",
            ]),
        tests(
            "AzureSimulator",
            ["AzureSimulator", "Gzip", "HTTPServer", "HTTPTransport", "MetricModel", "TestServers"]),
        tests("AgentServer", ["AgentServer", "HTTPServer", "MetricModel"]),
        tests("Deployment", ["Declaration"]),
        tests("Demo", ["Declaration", "Demo", "MetricModel", "OTLPReceiver"]),
        tests(
            "Agent",
            [
                "Agent", "AgentServer", "AzureMonitor", "AzureSimulator", "Declaration", "HTTPTransport", "MetricModel",
                "OTLPExporter", "OTLPReceiver", "Planning", "Settlement", log,
            ]),
        tests(
            "EndToEnd",
            [
                "Agent", "AzureSimulator", "Declaration", "Gzip", "HTTPServer", "HTTPTransport", "MetricModel",
                "OTLPExporter", "OTLPReceiver", "ResourceFixture", "TestServers", log,
            ]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// `make fuzz` sets `AZIMUTH_FUZZ=1`: libFuzzer is no part of a plain build.
if Context.environment["AZIMUTH_FUZZ"] == "1" {
    package.targets += [
        .executableTarget(
            name: "azimuth-fuzz",
            dependencies: [
                "AzureMonitor", "Declaration", "Gzip", "HTTPTransport", "MetricModel", "OTLPExporter",
                "OTLPReceiver",
            ],
            path: "Fuzz/azimuth-fuzz",
            swiftSettings: settings)
    ]
}
