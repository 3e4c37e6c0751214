import AzureSimulator
import Testing

/// Tokens that end early and a token endpoint in trouble, scripted in the simulator.
@Suite(.timeLimit(.minutes(5))) struct TokenTroubleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var script: [Fault]
        /// Calls of the token endpoint.
        var tokens: ClosedRange<Int>

        var testDescription: String { name }
    }

    static let passing: [Case] = [
        Case(
            name: "every token ends in the middle of the scrape",
            script: [Fault("expiry", route: "metrics", calls: 2...2, effect: .expiredTokens)], tokens: 2...2),
        Case(
            name: "429 with Retry-After",
            script: [
                Fault("busy", route: "token", calls: 1...1, effect: .refusal(status: 429, retryAfter: "2"))
            ], tokens: 2...2),
        Case(
            name: "500, twice", script: [Fault("broken", route: "token", calls: 1...2, effect: .refusal(status: 500))],
            tokens: 3...3),
        // Slower than the half second that this agent waits for an answer.
        Case(
            name: "slow, once", script: [Fault("slow", route: "token", calls: 1...1, effect: .delay(.seconds(2)))],
            tokens: 2...5),
    ]

    @Test("what passes costs nothing but another try: everything arrives", arguments: passing)
    func passes(_ trouble: Case) async throws {
        let recorder = try Recorder()
        let azure = try FaultyAzure(script: trouble.script)
        let run = try await AgentRun.once(
            AgentFolder(azure: azure, collector: recorder, isBatching: false), impatientAbout: "/oauth2/v2.0/token")
        #expect(recorder.received == AgentFolder.everything)
        #expect(run.reports.allSatisfy { $0.failures.isEmpty }, "\(run.said)")
        #expect(!run.log.contains { $0.hasPrefix("error") || $0.hasPrefix("warning") }, "\(run.log)")
        #expect(trouble.tokens.contains(azure.callCounts["token"] ?? 0), "\(azure.callCounts)")
    }

    struct Lasting: Sendable, CustomTestStringConvertible {
        var name: String
        var effect: Fault.Effect
        var says: [String]

        var testDescription: String { name }
    }

    static let lasting: [Lasting] = [
        Lasting(
            name: "429", effect: .refusal(status: 429),
            says: ["AADSTS90055", "too many requests", "Nothing to do unless it lasts"]),
        Lasting(name: "500", effect: .refusal(status: 500), says: ["AADSTS90006", "Nothing to do unless it lasts"]),
        Lasting(
            name: "503", effect: .refusal(status: 503, retryAfter: "1"),
            says: ["AADSTS90033", "Nothing to do unless it lasts"]),
        Lasting(
            name: "slow", effect: .delay(.seconds(2)), says: ["no whole answer in time", "0.5 seconds", "try 5"]),
    ]

    @Test("what lasts is told once, and Azure is not asked without a token", arguments: lasting)
    func lasts(_ trouble: Lasting) async throws {
        let recorder = try Recorder()
        let azure = try FaultyAzure(script: [Fault("trouble", route: "token", effect: trouble.effect)])
        let run = try await AgentRun.once(
            AgentFolder(azure: azure, collector: recorder), impatientAbout: "/oauth2/v2.0/token")
        let errors = run.log.filter { $0.hasPrefix("error") || $0.hasPrefix("warning") }
        try #require(errors.count == 1, "one message: \(run.log)")
        let host = String(azure.baseURL.dropFirst("http://".count))
        for words in trouble.says + [host, "Nothing is lost: Azure keeps these values"] {
            #expect(errors[0].contains(words), "no '\(words)' in \(errors[0])")
        }
        // One cause of all: said once, whichever schedule met it first.
        #expect(run.reports.flatMap(\.failures).reduce(0) { $0 + $1.pairCount } == 4)
        #expect(recorder.received.isEmpty)
        #expect(azure.callCounts["metrics"] == nil)
        #expect(!run.said.contains(AgentFolder.secret))
    }
}
