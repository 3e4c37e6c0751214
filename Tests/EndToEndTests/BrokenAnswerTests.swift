import Foundation
import Testing

/// Broken bytes for one resource: one message that names host, resource, the fate of the data and a remedy; bounded memory;
/// the other resources' metrics arrive.
@Suite(.timeLimit(.minutes(5))) struct BrokenAnswerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var fault: RawAzure.Script
        /// How often the broken answer is asked for. A kept-alive connection that breaks before any byte of an answer is
        /// replaced at once, so that such a try may be two requests.
        var tries: ClosedRange<Int>
        /// What the message says besides what every one says.
        var says: [String]

        var testDescription: String { name }
    }

    /// What is asked about the broken resource; what the others deliver.
    static let subject = "vm_cpu of vm-web-1, vm_network of vm-web-1"
    static let others = ["vm_cpu": 1, "redis_clients": 1]

    /// Of every message: what, where, what became of the data.
    static func common(_ host: String) -> [String] {
        [
            host, "/resourceGroups/rg-shop/providers/Microsoft.Compute/virtualMachines/vm-web-1",
            "Nothing is lost: Azure keeps these values until they are asked for again.",
        ]
    }

    /// Faults that may pass, and so are asked for again after a while.
    static let transient: [Case] = [
        Case(
            name: "a body below its length", fault: BrokenAnswers.lengthTooLong, tries: 5...5,
            says: ["The connection broke", "ended before its length", "try 5", "then check the network and the proxy"]),
        Case(
            name: "reset before the headers", fault: BrokenAnswers.resetBeforeHeaders, tries: 5...10,
            says: ["The connection broke", "reset", "try 5", "then check the network and the proxy"]),
        Case(
            name: "reset in the body", fault: BrokenAnswers.reset, tries: 5...5,
            says: ["The connection broke", "reset", "try 5", "then check the network and the proxy"]),
        Case(
            name: "no last chunk", fault: BrokenAnswers.unfinishedChunks, tries: 5...5,
            says: ["The connection broke", "try 5", "then check the network and the proxy"]),
        Case(
            name: "damaged gzip", fault: BrokenAnswers.damagedGzip, tries: 5...5,
            says: ["could not be decompressed", "damaged gzip data", "try 5", "then check the proxy"]),
        Case(
            name: "a slow drip without end", fault: BrokenAnswers.drip, tries: 5...5,
            says: ["no whole answer in time", "0.5 seconds", "bytes of body had come", "try 5", "ask for less"]),
        Case(
            name: "headers without end", fault: BrokenAnswers.slowHeaders, tries: 5...5,
            says: ["no whole answer in time", "0.5 seconds", "try 5", "ask for less"]),
    ]

    @Test("what may pass is asked for again, then told once; the rest arrives", arguments: transient)
    func passing(_ problem: Case) async throws {
        let recorder = try Recorder()
        let azure = try RawAzure(where: { $0.isAbout("vm-web-1") }, problem.fault)
        let run = try await AgentRun.once(
            AgentFolder(azure: azure, collector: recorder, isBatching: false), impatientAbout: "/vm-web-1/")
        let errors = run.log.filter { $0.hasPrefix("error") || $0.hasPrefix("warning") }
        try #require(errors.count == 1, "one message: \(run.log)")
        #expect(errors[0].contains("what=\(Self.subject)"), "\(errors[0])")
        for words in Self.common(host(of: azure)) + problem.says {
            #expect(errors[0].contains(words), "no '\(words)' in \(errors[0])")
        }
        #expect(problem.tries.contains(azure.faultCount), "\(azure.faultCount)")
        #expect(recorder.received == Self.others)
        #expect(run.delivery.acceptedPoints == 2 && run.delivery.queuedPoints == 0)
        #expect(!run.said.contains(AgentFolder.secret))
    }

    /// Faults that asking again does not mend: the binary meets them as they are, with its own limits. What is too large is
    /// asked for in halves, each of which is too large again.
    static let permanent: [Case] = [
        Case(
            name: "a body cut short under a right length", fault: BrokenAnswers.truncated, tries: 1...1,
            says: ["is not a metrics answer", "63 bytes", "Nothing to do unless it lasts"]),
        Case(
            name: "a body above its length", fault: BrokenAnswers.lengthTooShort, tries: 1...1,
            says: ["is not a metrics answer", "63 bytes", "Nothing to do unless it lasts"]),
        Case(
            name: "a gzip bomb of 600 MB", fault: BrokenAnswers.bomb(megabytes: 600), tries: 3...3,
            says: ["The answer is too large", "over the limit of 16777216 bytes", "Ask for fewer series"]),
        Case(
            name: "a body of 600 MB", fault: BrokenAnswers.huge(megabytes: 600), tries: 3...3,
            says: ["The answer is too large", "over the limit of 16777216 bytes", "Ask for fewer series"]),
        Case(
            name: "an answer without end", fault: BrokenAnswers.neverEnding, tries: 3...3,
            says: ["The answer is too large", "over the limit of 16777216 bytes", "Ask for fewer series"]),
    ]

    @Test("what lasts is told once, in bounded memory; the rest arrives", arguments: permanent)
    func lasting(_ problem: Case) async throws {
        let recorder = try Recorder()
        let azure = try RawAzure(where: { $0.isAbout("vm-web-1") }, problem.fault)
        let ended = try await AgentFolder(azure: azure, collector: recorder, isBatching: false)
            .azimuth(["run", "--once"], measuresMemory: true)
        #expect(ended.status == 1, "\(ended)")
        let missing = ended.output.filter { $0.hasPrefix("missing: ") }
        let logged = ended.errors.filter { $0.contains(" error ") || $0.contains(" warning ") }
        try #require(missing.count == 1 && logged.count == 1, "one message each:\n\(ended)")
        for words in Self.common(host(of: azure)) + problem.says {
            #expect(logged[0].contains(words), "no '\(words)' in \(logged[0])")
        }
        for words in ["vm_cpu of vm-web-1", "vm_network of vm-web-1"] + Self.common(host(of: azure)) + problem.says {
            #expect(missing[0].contains(words), "no '\(words)' in \(missing[0])")
        }
        #expect(ended.output.last?.contains("still in Azure: mend it and run again") == true)
        #expect(problem.tries.contains(azure.faultCount), "\(azure.faultCount)")
        #expect(recorder.received == Self.others)
        // Two answers at their limit of 16 MiB, and the agent.
        #expect((10 << 20..<120 << 20).contains(ended.peakMemory), "\(ended.peakMemory >> 20) MiB")
    }

    @Test("nine resources whose answers never end, eight at a time: memory stays bounded and the others arrive")
    func everywhere() async throws {
        let recorder = try Recorder()
        let azure = try RawAzure(
            where: { $0.isAbout("vm-web-1") || $0.path.contains("/vm-many-") }, BrokenAnswers.neverEnding)
        let folder = try AgentFolder(azure: azure, collector: recorder, isBatching: false)
        let many = (1...8).map { "      - virtualMachineName: vm-many-\($0)\n" }.joined()
        try folder.edit(
            "metrics-declaration.yaml", "      - virtualMachineName: vm-web-2\n",
            "      - virtualMachineName: vm-web-2\n" + many)
        let ended = try await folder.azimuth(["run", "--once"], measuresMemory: true)
        #expect(ended.status == 1, "\(ended)")
        let missing = ended.output.filter { $0.hasPrefix("missing: ") && $0.contains("The answer is too large") }
        #expect(missing.count == 9, "\(ended)")
        #expect(recorder.received == Self.others)
        // Without a common allowance it would be eight times 16 MiB.
        #expect((10 << 20..<140 << 20).contains(ended.peakMemory), "\(ended.peakMemory >> 20) MiB")
    }

    private func host(of azure: RawAzure) -> String { String(azure.baseURL.dropFirst("http://".count)) }
}
