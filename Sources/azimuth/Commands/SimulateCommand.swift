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
            web shop (standard), or one resource of each type that azimuth scrapes (every-type).
            With --write-config it also writes a declaration and a runtime.yaml that fit.

            It is all of Azure's services under any name, and a single one, in a region, under names that begin as Azure's
            do (http://westeurope.management.localhost:8090) or behind such a name in the path
            (http://127.0.0.1:8090/westeurope.management). Microsoft's own libraries insist on HTTPS: give a certificate.

            Faults are switched on with --fault, or while it runs with POST, DELETE and GET at /simulator/faults. Fields:
            answer (429, 500, 502, 503, 504, slow, expired-tokens), route (token, metrics, metricDefinitions, …), calls
            (3, 3-5, 3-), retryAfter, delay (seconds), name.

            Example:
              azimuth simulate --port 8090 --write-config ./try
              AZIMUTH_AUTH_APPID=… AZIMUTH_AUTH_APPKEY=… azimuth run --once --config ./try
              curl -X POST 'http://127.0.0.1:8090/simulator/faults?route=metrics&calls=5&answer=expired-tokens'
            """)

    @Option(help: "Port on 127.0.0.1; 0 lets the system choose.")
    var port: UInt16 = 8090

    enum EstateName: String, ExpressibleByArgument, CaseIterable {
        case standard
        case everyType = "every-type"

        var estate: Estate { self == .standard ? .standard : .everyType }

        func declaration(baseURL: String, tenantID: String, subscriptionID: String) -> String {
            switch self {
            case .standard:
                DemoDeclaration.metrics(baseURL: baseURL, tenantID: tenantID, subscriptionID: subscriptionID)
            case .everyType:
                EveryTypeDeclaration.metrics(baseURL: baseURL, tenantID: tenantID, subscriptionID: subscriptionID)
            }
        }
    }

    @Option(help: "What exists: standard or every-type.")
    var estate = EstateName.standard

    @Option(help: "Folder for metrics-declaration.yaml and runtime.yaml; existing files are left alone.")
    var writeConfig: String?

    @Option(help: "OTLP/HTTP base URL that the written runtime.yaml pushes to.")
    var collector = "http://localhost:4318"

    @Option(help: "Decides every value; the same seed gives the same truth.")
    var seed: UInt64 = 1

    @Option(help: "PEM file with the certificate to serve HTTPS with, and those between it and its CA.")
    var tlsCertificate: String?

    @Option(help: "PEM file with the key of --tls-certificate.")
    var tlsKey: String?

    @Option(
        help: "A fault, such as 'route=token&calls=1-2&answer=429&retryAfter=2'; may be given several times.",
        transform: { try Fault(text: $0) })
    var fault: [Fault] = []

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together: give both, or none for plain HTTP.")
        }
    }

    func run() async throws {
        let signals = TerminationSignals()
        var options = SimulatorOptions(estate: estate.estate)
        options.seed = seed
        options.faults = fault
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
                baseURL: simulator.baseURL, tenantID: options.tenantID, subscriptionID: Estate.standardSubscription),
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
