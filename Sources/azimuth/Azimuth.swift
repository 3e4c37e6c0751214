import Agent
import ArgumentParser

@main
struct Azimuth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "azimuth",
        abstract: "Scrapes Azure Monitor and pushes every settled value, once, to an OpenTelemetry collector.",
        discussion: """
            Reads Promitor's metrics declaration. See it work, without an account:
              azimuth demo
            """,
        version: Agent.version,
        subcommands: [
            RunCommand.self, ValidateCommand.self, StatusCommand.self, ScrapeCommand.self, DefinitionsCommand.self,
            SimulateCommand.self, DemoCommand.self,
        ])
}
