import Foundation
import MetricModel
import Testing

/// `azimuth validate --online`.
@Suite(.timeLimit(.minutes(5))) struct OnlineValidationTests {
    private static let edits = [
        ("Percentage CPU, aggregation: {type: Average}", "Percentage GPU, aggregation: {type: Average}"),
        (
            "Network In Total, aggregation: {type: Average}",
            "network in total, aggregation: {type: Count}, dimensions: [{name: Disk}]"
        ),
        ("connectedclients, aggregation: {type: Maximum}", "clients, aggregation: {type: Maximum}"),
        ("cacheName: redis-shop", "cacheName: redis-gone"),
    ]

    @Test(
        "validate --online names every thing Azure does not have, with its place and what was meant",
        arguments: [false, true])
    func online(isJSON: Bool) async throws {
        let stage = try OnlineStage()
        try stage.folder.write(AgentFolder.runtime(collector: "http://localhost:4318"), to: "runtime.yaml")
        for (old, new) in Self.edits { try stage.folder.edit("metrics-declaration.yaml", old, new) }
        let path = stage.folder.file("metrics-declaration.yaml")
        let offline = try await stage.folder.azimuth(["validate"])
        #expect(offline.status == 0 && stage.azure.journal.isEmpty, "nothing is asked without --online: \(offline)")
        let ended = try await stage.folder.azimuth(
            ["validate", "--online"] + (isJSON ? ["--format", "json"] : []))
        #expect(ended.status == 2 && ended.errors.isEmpty, "\(ended)")
        let expected = [
            (24, 44, "`Percentage GPU` is no metric of vm-web-1 and vm-web-2", "did you mean `Percentage CPU`?"),
            (31, 82, "`Network In Total` does not offer the aggregation `Count`", "write one of `Total`"),
            (31, 110, "`Network In Total` has no dimension `Disk`", "the metric has no dimensions"),
            (40, 9, "ResourceNotFound", "remove a deleted resource from the declaration"),
        ]
        #expect(ended.output.count == expected.count + (isJSON ? 0 : 1), "\(ended)")
        for (line, (row, column, message, fix)) in zip(ended.output, expected) {
            if isJSON {
                let object = try JSONLine(line)
                #expect(object["line"] == "\(row)" && object["column"] == "\(column)", "\(line)")
                #expect(object["message"]?.contains(message) == true && object["fix"]?.contains(fix) == true, "\(line)")
            } else {
                #expect(line.hasPrefix("\(path):\(row):\(column): error: ") && line.contains(message), "\(line)")
                #expect(line.contains(fix), "\(line)")
            }
        }
        if !isJSON { #expect(ended.output.last == "4 errors, 0 warnings") }
        #expect(stage.calls("metrics") == 0 && stage.calls("metricDefinitions") == 3)
    }

    @Test("an interval that is not offered is a warning, and with --strict an error", arguments: [false, true])
    func onlineInterval(isStrict: Bool) async throws {
        let stage = try OnlineStage()
        try stage.folder.write(AgentFolder.runtime(collector: "http://localhost:4318"), to: "runtime.yaml")
        try stage.folder.edit("metrics-declaration.yaml", "resourceType: RedisCache", "resourceType: StorageAccount")
        try stage.folder.edit(
            "metrics-declaration.yaml", "connectedclients, aggregation: {type: Maximum}",
            "usedcapacity, aggregation: {type: Average, interval: 00:05:00}")
        try stage.folder.edit(
            "metrics-declaration.yaml", "cacheName: redis-shop",
            "{accountName: stshop, resourceGroupName: rg-shop-data}")
        let ended = try await stage.folder.azimuth(["validate", "--online"] + (isStrict ? ["--strict"] : []))
        #expect(ended.status == (isStrict ? 2 : 0) && ended.output.count == 2, "\(ended)")
        let line = ended.output.first ?? ""
        #expect(
            line.hasSuffix(
                "\(isStrict ? "error" : "warning"): `UsedCapacity` does not offer the interval PT5M: its nearest, PT1H, is "
                    + "used; write `interval: PT1H`"), "\(ended)")
    }

    @Test("S1: what `sumsAs` makes a sum although Azure's primary aggregation is none is a warning with its place")
    func onlineSums() async throws {
        let stage = try OnlineStage()
        let collector = "http://localhost:4318"
        try stage.folder.write(
            AgentFolder.runtime(collector: collector).replacingOccurrences(
                of: collector, with: collector + "\n    sumsAs: cumulative"), to: "runtime.yaml")
        try stage.folder.edit(
            "metrics-declaration.yaml", "connectedclients, aggregation: {type: Maximum}",
            "connectedclients, aggregation: {type: Total}")
        let ended = try await stage.folder.azimuth(["validate", "--online"])
        let sums = ended.output.filter { $0.contains("as a sum") }
        #expect(sums.count == 1 && sums[0].contains(": warning: `sumsAs` sends `connectedclients`"), "\(ended)")
        #expect(sums.allSatisfy { $0.contains("write `Maximum`, or `sumsAs: gauge`") })
    }

    @Test("an Azure that cannot be asked is one clear error, not one a resource", arguments: [false, true])
    func onlineOutage(isIdentity: Bool) async throws {
        let folder = try AgentFolder(azure: isIdentity ? FaultyAzure() : NoServer(), collector: NoServer())
        let ended = try await folder.azimuth(
            ["validate", "--online"], secret: isIdentity ? "Wr0ng+Value" : AgentFolder.secret)
        #expect(ended.status == 2 && ended.errors.isEmpty, "\(ended)")
        let errors = ended.output.filter { $0.contains(": error: ") }
        try #require(errors.count == 1, "\(ended)")
        #expect(
            errors[0].hasPrefix(folder.file(isIdentity ? "runtime.yaml" : "metrics-declaration.yaml") + ": error: "))
        #expect(errors[0].contains(isIdentity ? "AADSTS7000215" : "could not be reached"))
        #expect(ended.output.contains { $0.hasSuffix("3 of 3 resources were not checked") })
    }
}
