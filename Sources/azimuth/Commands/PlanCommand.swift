import Agent
import ArgumentParser
import HTTPTransport
import MetricModel
import Planning

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Says how many calls to Azure the declaration takes, in which quota, at what price, and why.",
        discussion: """
            It plans by the agent's own code, for a month in which nothing fails. Without --online nothing leaves this
            machine: resources whose region is not known count as one region for each subscription and type. With it,
            Azure is asked where they are and which intervals their metrics offer.
            Exit codes: 0 ok, 1 Azure could not be read, 2 invalid files, 3 no folder, 4 a file is missing.

            Example:
              azimuth plan --config ./config
              azimuth plan --config ./config --online --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @OptionGroup var files: ConfigurationOptions

    @Option(help: "table, or json: one object.")
    var format = Format.table

    @Flag(help: "Ask Azure where resources are and which intervals metrics offer.")
    var online = false

    func run() async throws {
        let (access, _) = try files.azureAccess()
        let (report, failures) = try await plan(CallPlan(access))
        failures.forEach { Output.error("azimuth: error: \($0)") }
        let text = PlanText(report: report)
        switch format {
        case .json: Output.standard(text.json)
        case .table: text.lines(width: Terminal.width).forEach(Output.standard)
        }
        if !failures.isEmpty { throw ExitCode.failure }
    }

    private func plan(_ plan: CallPlan) async throws -> (PlanReport, [String]) {
        let clock = SystemClock()
        guard online else { return (try await plan.offline(at: clock.systemNow), []) }
        let http = CurlClient(userAgent: "azimuth/\(Agent.version)")
        defer { http.shutdown() }
        return try await plan.online(http, clock: clock)
    }
}
