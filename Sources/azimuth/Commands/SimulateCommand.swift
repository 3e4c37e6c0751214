import ArgumentParser
import AzureSimulator
import Demo
import MetricModel

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "A simulated Azure on this machine, for tests, demos and CI.",
        discussion: """
            Serves the token endpoint, the metrics API and a ledger of true values on loopback, over a small estate.
            With --write-config it also writes a declaration and a runtime.yaml that fit.

            Example:
              azimuth simulate --port 8090 --write-config ./try
              AZIMUTH_AUTH_APPID=… AZIMUTH_AUTH_APPKEY=… azimuth run --once --config ./try
            """)

    @Option(help: "Port on 127.0.0.1; 0 lets the system choose.")
    var port: UInt16 = 8090

    @Option(help: "Folder for metrics-declaration.yaml and runtime.yaml; existing files are left alone.")
    var writeConfig: String?

    @Option(help: "OTLP/HTTP base URL that the written runtime.yaml pushes to.")
    var collector = "http://localhost:4318"

    @Option(help: "Decides every value; the same seed gives the same truth.")
    var seed: UInt64 = 1

    func run() async throws {
        let signals = TerminationSignals()
        var options = SimulatorOptions()
        options.seed = seed
        let simulator: AzureSimulator
        do {
            simulator = try AzureSimulator(options: options, clock: SystemClock(), port: port)
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

    private func writeFiles(to folder: String, simulator: AzureSimulator, options: SimulatorOptions) throws {
        let files: KeyValuePairs = [
            "metrics-declaration.yaml": DemoDeclaration.metrics(
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
