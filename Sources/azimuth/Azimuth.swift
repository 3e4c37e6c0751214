import ArgumentParser

@main
struct Azimuth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "azimuth", version: "0.1.0")
}
