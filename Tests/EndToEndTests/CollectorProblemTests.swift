import HTTPServer
import Testing

/// What the collector may do wrong: nothing is dropped, and the user learns how much did not leave, and why.
@Suite(.timeLimit(.minutes(5))) struct CollectorProblemTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// `nil` = nobody listens.
        var answer: ServedResponse?
        /// What the message in the log says.
        var logged: [String]
        /// What the summary says.
        var missing: [String]

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "nobody listens", answer: nil,
            logged: ["The collector cannot be reached", "check that it runs", "connection refused"],
            missing: ["connection refused"]),
        Case(
            name: "401", answer: .text(401, "who are you?"),
            logged: ["The collector refuses everything", "status 401: who are you?", "check collectorUri and headers"],
            missing: ["status 401: who are you?"]),
        Case(
            name: "401 that repeats the header", answer: .text(401, "unknown token t0p-s3cret"),
            logged: [
                "The collector refuses everything", "status 401: unknown token ***", "check collectorUri and headers",
            ],
            missing: ["status 401: unknown token ***"]),
        Case(
            name: "404 of another web server", answer: .text(404, "404 page not found"),
            logged: ["The collector refuses everything", "status 404: 404 page not found", "check collectorUri"],
            missing: ["status 404: 404 page not found"]),
        Case(
            name: "400 to everything", answer: .text(400, "I do not like it"),
            logged: ["The collector refuses everything", "status 400: I do not like it", "the collector's own log"],
            missing: ["status 400: I do not like it"]),
    ]

    @Test("run --once gives up after its time, counts what did not leave and says where it still is", arguments: cases)
    func once(_ problem: Case) async throws {
        let refuser = try problem.answer.map { try Refuser($0) }
        let server: any LocalServer = try refuser ?? NoServer()
        let folder = try AgentFolder(azure: FaultyAzure(), collector: server)
        let collector = server.baseURL
        try folder.edit(
            "runtime.yaml", "collectorUri: \(collector)",
            "collectorUri: \(collector)\n    headers: {authorization: Bearer t0p-s3cret}")
        let ended = try await folder.azimuth(["run", "--once", "--flush-timeout", "1s"])
        expectNoSecret(in: ended, secret: "t0p-s3cret")

        #expect(ended.status == 1, "\(ended)")
        // That a request is divided is said besides.
        let logged = ended.errors.filter {
            ($0.contains(" error ") || $0.contains(" warning ")) && !$0.contains("sent again in parts")
        }
        let missing = ended.output.filter { $0.hasPrefix("missing: ") }
        try #require(missing.count == 1 && logged.count == 1, "one message each:\n\(ended)")
        for words in problem.logged + [collector, "then in the state folder"] {
            #expect(logged[0].contains(words), "no '\(words)' in \(logged[0])")
        }
        let fate = [
            "They wait in the state folder \(folder.path)",
            "go out after the next start: mend the collector or its settings in runtime.yaml and run again",
        ]
        for words in problem.missing + ["4 points were not taken in time", collector] + fate {
            #expect(missing[0].contains(words), "no '\(words)' in \(missing[0])")
        }
        #expect(refuser.map { $0.requestCount > 0 } ?? true)
    }
}
