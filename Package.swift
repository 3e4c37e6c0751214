// swift-tools-version: 6.2
import PackageDescription

/// CI sets `AZIMUTH_WARNINGS_AS_ERRORS=1`: our own targets then build without a warning or not at all.
/// (`-warnings-as-errors` on the command line would hit the dependencies too.)
let strict = Context.environment["AZIMUTH_WARNINGS_AS_ERRORS"] == "1"
let settings: [SwiftSetting] =
    (strict ? [.treatAllWarnings(as: .error)] : []) + [
        // Each function in a section of its own, which the linker can leave out or move.
        .unsafeFlags(["-Xfrontend", "-function-sections"], .when(configuration: .release))
    ]

/// How the agent is linked. Only lld can do all of it.
/// - A megabyte less on the disk: relative relocations take a bit each instead of 24 bytes (DT_RELR, glibc 2.36).
/// - Nobody loads this program as a library: no names of its functions for that.
/// - The functions that a small agent calls stand side by side (`make order` writes the list). Linux maps 64 KB around what is
///   touched; scattered over all code, a tenth of the functions kept two thirds of it in memory. Names that are not there any
///   more do no harm.
let compact: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
            "-Xlinker", "--no-export-dynamic",
            "-Xlinker", "--symbol-ordering-file=\(Context.packageDirectory)/Linking/order.txt",
            "-Xlinker", "--no-warn-symbol-ordering",
            "-Xlinker", "-T", "-Xlinker", "\(Context.packageDirectory)/Linking/nameless.ld",
        ], .when(configuration: .release))
]

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

let exclusions: [String: [String]] = ["Declaration": ["Fixtures"], "StateStore": ["Fixtures"]]

let package = Package(
    name: "azimuth",
    products: [.executable(name: "azimuth", targets: ["azimuth"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        // C seams: thin shims over the system's libraries.
        .target(
            name: "CCurl", dependencies: ["CDeflate"],
            linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        // By its file: the few functions become part of the program.
        .target(name: "CDeflate", linkerSettings: [.linkedLibrary(":libdeflate.a")]),
        .target(name: "CYAML", linkerSettings: [.linkedLibrary("yaml")]),
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "CMicroHTTPD", linkerSettings: [.linkedLibrary("microhttpd")]),
        .target(
            name: "CSimdJSON",
            cxxSettings: [.define("SIMDJSON_THREADS_ENABLED", to: "1")],
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CMalloc"),
        // The generated code asserts the type of each message, which would put its path into the program.
        .target(
            name: "COTLP", cSettings: [.define("NDEBUG", .when(configuration: .release))],
            linkerSettings: [.linkedLibrary("protobuf-c")]),

        // Values and pure decisions.
        room("MetricModel"),
        room("TerminalText"),
        room("Gzip", ["CDeflate"]),
        room("StateStore", ["CSQLite", "MetricModel"]),
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
                "AgentServer", "AzureMonitor", "CMalloc", "Declaration", "HTTPTransport", "MetricModel", "OTLPExporter",
                "Planning",
                "Settlement", "StateStore", log,
            ]),

        // The other side, for demos, tests and users' CI.
        room("AzureSimulator", ["Gzip", "HTTPServer", "MetricModel"]),
        room("OTLPReceiver", ["COTLP", "Gzip", "HTTPServer", "MetricModel"]),
        room(
            "Demo",
            [
                "Agent", "AzureMonitor", "AzureSimulator", "Declaration", "HTTPTransport", "MetricModel",
                "OTLPExporter", "OTLPReceiver", "ResourceCatalog", "StateStore", "TerminalText",
            ]),

        .executableTarget(
            name: "azimuth",
            dependencies: [
                "Agent", "AgentServer", "AzureMonitor", "AzureSimulator", "Declaration", "Demo", "HTTPServer",
                "HTTPTransport", "MetricModel", "OTLPExporter", "Planning", "StateStore", "TerminalText", log,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings, linkerSettings: compact),

        .executableTarget(
            name: "azimuth-bench",
            dependencies: [
                "Agent", "AzureMonitor", "Declaration", "HTTPTransport", "MetricModel", "OTLPExporter", "Settlement",
                "StateStore",
            ],
            path: "Benchmarks/azimuth-bench",
            swiftSettings: settings),

        // Kills the agent at random moments and compares what arrived with the truth.
        .target(
            name: "CrashTest",
            dependencies: ["CSQLite", "Gzip", "HTTPTransport", "MetricModel", "OTLPReceiver", "TestServers"],
            path: "Proof/CrashTest", swiftSettings: settings),
        .executableTarget(
            name: "azimuth-crash-test",
            dependencies: ["CrashTest", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Proof/azimuth-crash-test", swiftSettings: settings),

        // Outages of hours on a clock that steps.
        .executableTarget(
            name: "azimuth-outage-test",
            dependencies: [
                "Agent", "AzureSimulator", "Declaration", "Demo", "FaultyVFS", "HTTPTransport", "MetricModel",
                "OTLPExporter", "OTLPReceiver", "StateStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Proof/azimuth-outage-test", swiftSettings: settings),

        // What `azimuth plan` says against what the simulator counts.
        .target(
            name: "CallCounts",
            dependencies: [
                "Agent", "AzureSimulator", "Declaration", "Demo", "HTTPServer", "HTTPTransport", "MetricModel",
                "OTLPExporter", "StateStore", "TestServers",
            ],
            path: "Proof/CallCounts", swiftSettings: settings),
        .executableTarget(
            name: "azimuth-call-counts",
            dependencies: [
                "AzureSimulator", "CallCounts", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Proof/azimuth-call-counts", swiftSettings: settings),

        // Programs, servers and certificates that several test targets use.
        .target(
            name: "TestServers", dependencies: ["CSpawn", "HTTPServer", "MetricModel"], path: "Tests/TestServers",
            swiftSettings: settings),
        .target(name: "CSpawn", path: "Tests/CSpawn"),

        // Rows in memory, to which the store's are compared.
        .target(
            name: "MemoryDelivery", dependencies: ["MetricModel", "OTLPExporter"], path: "Tests/MemoryDelivery",
            swiftSettings: settings),

        // One declared resource of each type and what it must become, for more than one test.
        .target(
            name: "ResourceFixture", path: "Tests/Fixtures", exclude: ["resource-types.json"], swiftSettings: settings),

        tests("MetricModel", ["MetricModel"]),
        tests("Gzip", ["Gzip"]),
        .target(
            name: "FaultyVFS", dependencies: ["CSQLite"], path: "Tests/FaultyVFS"),
        tests("StateStore", ["StateStore", "CSQLite", "FaultyVFS", "MetricModel"]),
        tests("HTTPTransport", ["HTTPTransport", "HTTPServer", "Gzip", "MetricModel", "TestServers"]),
        tests("HTTPServer", ["HTTPServer", "HTTPTransport", "MetricModel", "TestServers"]),
        tests("ResourceCatalog", ["ResourceCatalog", "ResourceFixture", "MetricModel"]),
        tests("Declaration", ["Declaration", "ResourceCatalog", "MetricModel", "TestServers"]),
        tests("Settlement", ["Settlement", "MetricModel"]),
        tests("Planning", ["Planning", "MetricModel"]),
        tests("AzureMonitor", ["AzureMonitor", "HTTPTransport", "HTTPServer", "MetricModel", "TestServers"]),
        tests(
            "OTLPExporter",
            [
                "OTLPExporter", "OTLPReceiver", "COTLP", "Gzip", "HTTPTransport", "HTTPServer", "MemoryDelivery",
                "MetricModel", "TestServers",
            ]),
        tests(
            "AzureSimulator",
            ["AzureSimulator", "Gzip", "HTTPServer", "HTTPTransport", "MetricModel", "TestServers"]),
        tests("AgentServer", ["AgentServer", "HTTPServer", "MetricModel"]),
        tests("Deployment", ["Declaration"]),
        tests("CrashTest", ["CrashTest", "CSQLite", "MetricModel"]),
        tests("Demo", ["Declaration", "Demo", "MetricModel", "OTLPReceiver"]),
        tests(
            "Agent",
            [
                "Agent", "AgentServer", "AzureMonitor", "AzureSimulator", "Declaration", "FaultyVFS", "HTTPTransport",
                "MemoryDelivery", "MetricModel", "OTLPExporter", "OTLPReceiver", "Planning", "Settlement", "StateStore",
                log,
            ]),
        tests(
            "EndToEnd",
            [
                "Agent", "AzureSimulator", "CallCounts", "CrashTest", "Declaration", "Gzip", "HTTPServer",
                "HTTPTransport",
                "MetricModel", "OTLPExporter", "OTLPReceiver", "ResourceFixture", "StateStore", "TestServers", log,
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
