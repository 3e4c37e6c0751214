import HTTPServer
import Testing

/// What Azure, or something in its place, may do wrong: one message, the fate of the data, a remedy, and the rest goes on.
@Suite(.timeLimit(.minutes(5))) struct AzureProblemTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// A piece of the declaration and what stands there instead.
        var edit: (old: String, new: String)?
        var secret = AgentFolder.secret
        /// `true` = all of Azure's endpoints are closed ports.
        var isOffline = false
        var fault: FaultyAzure.Interception = { _ in nil }
        /// What the one message says: what happened, to what, and what to do.
        var says: [String]
        /// What arrives all the same, by metric.
        var delivered: [String: Int] = [:]

        var testDescription: String { name }
    }

    static let allButWeb2 = ["vm_cpu": 1, "vm_network": 1, "redis_clients": 1]
    static let allButWeb1 = ["vm_cpu": 1, "redis_clients": 1]
    static let endpoints = "Check the endpoints of the cloud and the proxy"

    static let cases: [Case] = [
        Case(
            name: "wrong secret", secret: "Wr0ng+Secret/~Value",
            says: [
                "vm_", "and 2 more", "AADSTS7000215", "the client secret is wrong", "application ceb249a3",
                "Give the secret's value",
            ]),
        Case(
            name: "wrong secret, which the server repeats", secret: "Wr0ng+Secret/~Value",
            fault: { request in
                guard request.isForToken else { return nil }
                let text =
                    "AADSTS7000215: Wr0ng+Secret/~Value is wrong, " + String(decoding: request.body, as: UTF8.self)
                return .json(#"{"error":"invalid_client","error_description":"\#(text)"}"#, status: 401)
            },
            says: ["AADSTS7000215: *** is wrong", "Give the secret's value"]),
        Case(
            name: "unknown metric", edit: ("Percentage CPU", "Percentage GPU"),
            says: [
                "vm_cpu of vm-web-1", "vm_cpu of vm-web-2", "metric: Percentage GPU", "Valid metrics: Percentage CPU",
            ],
            delivered: ["vm_network": 1, "redis_clients": 1]),
        Case(
            name: "a resource that does not exist", edit: ("vm-web-2", "vm-gone"),
            says: ["vm_cpu of vm-gone", "ResourceNotFound", "remove a deleted resource from the declaration"],
            delivered: allButWeb2),
        Case(
            name: "no network", isOffline: true,
            says: ["127.0.0.1:", "could not be reached", "and 2 more", "Check the network, the firewall and the proxy"]),
        Case(
            name: "another web server at every endpoint", fault: { _ in .text(404, "404 page not found\n") },
            says: ["127.0.0.1:", "is not Azure", "status 404", "'404 page not found'", endpoints]),
        Case(
            name: "another web server where metrics should be",
            fault: { $0.isForToken ? nil : .text(404, "404 page not found\n") },
            says: ["127.0.0.1:", "is not Azure", "status 404", "'404 page not found'", endpoints]),
        Case(
            name: "no body with a refusal where metrics should be", fault: { $0.isForToken ? nil : .text(400, "") },
            says: ["127.0.0.1:", "is not Azure", "status 400", endpoints]),
        Case(
            name: "a proxy's page for a token, 200", fault: { $0.isForToken ? .page(200, title: "Sign in") : nil },
            says: ["127.0.0.1:", "HTML page titled 'Sign in'", "status 200", endpoints]),
        Case(
            name: "a proxy's page for one resource, 200",
            fault: { $0.isAbout("vm-web-2") ? .page(200, title: "Sign in") : nil },
            says: ["vm_cpu of vm-web-2", "127.0.0.1:", "HTML page titled 'Sign in'", "status 200", endpoints],
            delivered: allButWeb2),
        Case(
            name: "a proxy's page for one resource, 502",
            fault: { $0.isAbout("vm-web-2") ? .page(502, title: "Bad Gateway") : nil },
            says: ["vm_cpu of vm-web-2", "127.0.0.1:", "HTML page titled 'Bad Gateway'", "status 502", endpoints],
            delivered: allButWeb2),
        Case(
            name: "JSON cut short for one resource",
            fault: { $0.isAbout("vm-web-1") ? .json(#"{"cost":1,"interval":"PT1M","value":[{"id":"#) : nil },
            says: [
                "vm_cpu of vm-web-1, vm_network of vm-web-1", "is not a metrics answer", "43 bytes",
                "Nothing to do unless it lasts",
            ],
            delivered: allButWeb1),
        Case(
            name: "an empty answer for one resource", fault: { $0.isAbout("vm-web-1") ? .json("") : nil },
            says: [
                "vm_cpu of vm-web-1, vm_network of vm-web-1", "is not a metrics answer", "the body is empty",
                "Nothing to do unless it lasts",
            ],
            delivered: allButWeb1),
        Case(
            name: "an answer without the metric", fault: { $0.isAbout("redis-shop") ? .json(#"{"value":[]}"#) : nil },
            says: ["redis_clients of redis-shop", "left the metric connectedclients out", "Check that the resource"],
            delivered: ["vm_cpu": 2, "vm_network": 1]),
    ]

    @Test("one message with the fate of the data and a remedy; the rest is delivered", arguments: cases)
    func problem(_ problem: Case) async throws {
        let recorder = try Recorder()
        let azure: any LocalServer = problem.isOffline ? try NoServer() : try FaultyAzure(fault: problem.fault)
        let folder = try AgentFolder(azure: azure, collector: recorder, isBatching: false)
        if let edit = problem.edit { try folder.edit("metrics-declaration.yaml", edit.old, edit.new) }
        let ended = try await folder.azimuth(["run", "--once"], secret: problem.secret)

        #expect(ended.status == 1, "\(ended)")
        let missing = ended.output.filter { $0.hasPrefix("missing: ") }
        let logged = ended.errors.filter { $0.contains(" error ") || $0.contains(" warning ") }
        try #require(missing.count == 1 && logged.count == 1, "one message each:\n\(ended)")
        for words in problem.says { #expect(missing[0].contains(words), "no '\(words)' in \(missing[0])") }
        #expect(missing[0].contains("Nothing is lost: Azure keeps"))
        #expect(logged[0].contains("Azure could not be read") && logged[0].contains("Nothing is lost: Azure keeps"))
        #expect(ended.output.last?.contains("still in Azure: mend it and run again") == true)
        #expect(recorder.received == problem.delivered)
    }

    @Test("with nothing wrong everything is delivered")
    func nothing() async throws {
        let recorder = try Recorder()
        let folder = try AgentFolder(azure: FaultyAzure(), collector: recorder)
        let ended = try await folder.azimuth(["run", "--once"])
        #expect(ended.status == 0 && !ended.output.contains { $0.contains("missing") }, "\(ended)")
        #expect(recorder.received == AgentFolder.everything)
    }
}
