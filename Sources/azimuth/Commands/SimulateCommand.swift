import ArgumentParser
import AzureSimulator
import Demo
import HTTPServer
import MetricModel

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "A simulated Azure on this machine, for tests, demos and CI.",
        discussion: """
            Serves the token endpoint, the metrics API and a ledger of true values on loopback, over a small estate: a
            web shop (standard), one resource of each type that azimuth scrapes (every-type), or as many as you like (small,
            medium, large, or numbers such as 1000x10x8x3: resources, metrics of each, types, regions).
            With --write-config it also writes a declaration and a runtime.yaml that fit.

            It is all of Azure's services under any name, and a single one, in a region, under names that begin as Azure's
            do (http://westeurope.management.localhost:8090) or behind such a name in the path
            (http://127.0.0.1:8090/westeurope.management). Microsoft's own libraries insist on HTTPS: give a certificate.

            Faults are switched on with --fault, or while it runs with POST, DELETE and GET at /simulator/faults. Fields:
            answer (a status such as 429, slow, expired-tokens, html, empty, cut, huge), route (token, metrics,
            metricDefinitions, …), resource (a part of an id), metric, region, host, from and until (times, or seconds from
            now), calls (3, 3-5, 3-), chance (0 to 1) and seed, times, retryAfter, delay (seconds), bytes, name.

            Reads are throttled as Azure's are: --throttle, or POST at /simulator/throttle. Fields: reads and refill,
            globalReads and globalRefill (calls, calls a second), hourly (instead), off (instead), batch (calls a second).

            Buckets of which a share arrives late, or is revised: --late. Fields: late, growing or revised (seconds, or a range
            of them), share (0 to 1), metric, resource. Resources that appear or are deleted: --life, or POST, DELETE and GET
            at /simulator/resources. Fields: resource, appears, deleted (times, or seconds from now).

            What goes wrong only in calls about many resources (metrics:getBatch) is given with --batch-fault, or with POST,
            DELETE and GET at /simulator/batch. Fields: resource (a part of the id), metric, answer (404, 500, 501,
            series-cap, missing, flicker, metric-error).

            Example:
              azimuth simulate --port 8090 --write-config ./try
              AZIMUTH_AUTH_APPID=… AZIMUTH_AUTH_APPKEY=… azimuth scrape azure_vm_cpu_percent --config ./try
              curl -X POST 'http://127.0.0.1:8090/simulator/faults?route=metrics&calls=5&answer=expired-tokens'
            """)

    @Option(help: "Port on 127.0.0.1; 0 lets the system choose.")
    var port: UInt16 = 8090

    enum EstateName: ExpressibleByArgument {
        case standard
        case everyType
        case scaled(EstateScale)

        init?(argument: String) {
            switch argument.lowercased() {
            case "standard": self = .standard
            case "every-type": self = .everyType
            default:
                guard let scale = EstateScale(text: argument) else { return nil }
                self = .scaled(scale)
            }
        }

        var defaultValueDescription: String { "standard" }

        func estate(stoppedShare: Double) -> Estate {
            switch self {
            case .standard: .standard
            case .everyType: .everyType
            case .scaled(let scale): .scaled(scale, stoppedShare: stoppedShare)
            }
        }

        func declaration(of estate: Estate, baseURL: String, tenantID: String, subscriptionID: String) -> String {
            switch self {
            case .standard:
                DemoDeclaration.metrics(baseURL: baseURL, tenantID: tenantID, subscriptionID: subscriptionID)
            case .everyType:
                EveryTypeDeclaration.metrics(baseURL: baseURL, tenantID: tenantID, subscriptionID: subscriptionID)
            case .scaled:
                ScaledDeclaration.metrics(
                    estate: estate, baseURL: baseURL, tenantID: tenantID, subscriptionID: subscriptionID)
            }
        }
    }

    @Option(
        help: ArgumentHelp(
            "What exists: standard, every-type, small (20x5x2x1), medium (1000x10x8x3), large (20000x20x15x10), or "
                + "RESOURCESxMETRICSxTYPESxREGIONS.", valueName: "estate"))
    var estate = EstateName.standard

    @Option(help: "The share of the resources of a scaled estate that never have a value, 0 to 1.")
    var stopped = 0.0

    @Option(help: "Folder for metrics-declaration.yaml and runtime.yaml; existing files are left alone.")
    var writeConfig: String?

    @Option(help: "OTLP/HTTP base URL that the written runtime.yaml pushes to.")
    var collector = "http://localhost:4318"

    @Option(help: "Decides every value; the same seed gives the same truth.")
    var seed: UInt64 = 1

    @Option(help: "From the end of a minute to its final value; by default each metric has its own, mostly 2m.")
    var finalAfter: Length?

    @Option(help: "PEM file with the certificate to serve HTTPS with, and those between it and its CA.")
    var tlsCertificate: String?

    @Option(help: "PEM file with the key of --tls-certificate.")
    var tlsKey: String?

    @Option(
        help: "A fault, such as 'route=token&calls=1-2&answer=429&retryAfter=2'; may be given several times.",
        transform: { try Fault(text: $0) })
    var fault: [Fault] = []

    @Option(
        help: "Limits of reads, such as 'reads=250&refill=25', 'hourly=12000', 'off' or 'batch=5'.",
        transform: { try ReadLimits(text: $0) })
    var throttle = ReadLimits.azure

    @Option(
        help:
            "A share of the buckets that arrives otherwise, such as 'share=0.02&late=1800'; may be given several times.",
        transform: { try LatenessRule(text: $0) })
    var late: [LatenessRule] = []

    @Option(
        help: "When a resource exists, such as 'resource=vm-spare&appears=600'; may be given several times.",
        transform: { try ResourceLife(text: $0) })
    var life: [ResourceLife] = []

    @Option(help: "How often JSON is spelled and ordered oddly where it can be, 0 to 1; no value changes.")
    var oddContent = 0.0

    @Option(
        help: ArgumentHelp(
            "What goes wrong in calls about many resources, such as 'resource=kv-shop&answer=404'; may be given several "
                + "times.", valueName: "batch-fault"),
        transform: { try BatchFault(text: $0) })
    var batchFault: [BatchFault] = []

    func validate() throws {
        guard (0...1).contains(oddContent) else {
            throw ValidationError("--odd-content is a share: give a number from 0 to 1.")
        }
        guard (0...1).contains(stopped) else {
            throw ValidationError("--stopped is a share: give a number from 0 to 1.")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together: give both, or none for plain HTTP.")
        }
    }

    func run() async throws {
        let signals = TerminationSignals()
        var options = SimulatorOptions(estate: estate.estate(stoppedShare: stopped))
        options.seed = seed
        options.faults = fault
        options.readLimits = throttle
        options.lateness = late
        options.lives = life
        options.oddContent = oddContent
        options.batchFaults = batchFault
        // Bodies of calls about many resources are long: what is remembered of them must stay small, too.
        if case .scaled = estate { options.journalCapacity = 1000 }
        if let finalAfter { options.setEveryDelay(finalAfter.duration) }
        let simulator: AzureSimulator
        do throws(HTTPListenerError) {
            simulator = try AzureSimulator(
                options: options, clock: SystemClock(), port: port, tls: try certificate())
        } catch {
            Output.error("azimuth simulate: \(error)")
            throw ExitCode.failure
        }
        if let writeConfig { try writeFiles(to: writeConfig, simulator: simulator, options: options) }
        Output.standard("simulated Azure listens on \(simulator.baseURL)")
        Output.standard("  tenant \(options.tenantID), subscription \(Estate.standardSubscription)")
        Output.standard("  AZIMUTH_AUTH_APPID=\(options.clientID) AZIMUTH_AUTH_APPKEY='\(options.clientSecret)'")
        _ = try await signals.next()
        simulator.stop()
    }

    private func certificate() throws(HTTPListenerError) -> ServerCertificate? {
        guard let tlsCertificate, let tlsKey else { return nil }
        return try ServerCertificate(certificateFile: tlsCertificate, keyFile: tlsKey)
    }

    private func writeFiles(to folder: String, simulator: AzureSimulator, options: SimulatorOptions) throws {
        let files: KeyValuePairs = [
            "metrics-declaration.yaml": estate.declaration(
                of: options.estate, baseURL: simulator.baseURL, tenantID: options.tenantID,
                subscriptionID: Estate.standardSubscription),
            "runtime.yaml": DemoDeclaration.runtime(collectorURI: collector),
        ]
        for (name, text) in files {
            let path = folder + "/" + name
            do {
                if try NewFile.write(text, to: path) {
                    Output.standard("wrote \(path)")
                } else {
                    Output.error(
                        "azimuth simulate: \(path) exists already and is left alone; if it does not fit this simulator, "
                            + "remove it and start again")
                }
            } catch {
                Output.error("azimuth simulate: \(error)")
                throw ExitCode.failure
            }
        }
    }
}
