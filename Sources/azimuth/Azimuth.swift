import Agent
import ArgumentParser
import Dispatch

@main
enum Program {
    /// The main thread waits for everything else.
    ///
    /// An asynchronous `main` would end the thread, for which libgcc reads half a megabyte of tables, once, that stay in memory.
    static func main() {
        let end = DispatchSemaphore(value: 0)
        // The root of all tasks: there is none whose child it could be.
        Task.detached {
            await Azimuth.main()
            end.signal()
        }
        end.wait()
    }
}

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
            PlanCommand.self,
            SimulateCommand.self, DemoCommand.self,
        ])
}
