import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// How far back values go, and resources that come and go.
@Suite struct ResourceLifeTests {
    static let vm = TestAzure.id("vm-web-1")

    static let texts: [(String, ResourceLife)] = [
        ("resource=vm-&appears=600", ResourceLife(resource: "vm-", appears: .after(.seconds(600)))),
        (
            "Resource=vm-&appears=2031-02-04T12:00:00Z&deleted=2031-02-04T13:00:00Z",
            ResourceLife(
                resource: "vm-", appears: .time(TestAzure.noon), deleted: .time(TestAzure.noon + .seconds(3600)))
        ),
    ]

    @Test("a life is read from text", arguments: texts)
    func reads(_ text: String, _ life: ResourceLife) throws { #expect(try ResourceLife(text: text) == life) }

    @Test(
        "what is no life is refused",
        arguments: ["", "appears=1", "resource=", "resource=x&appears=soon", "resource=x&deleted=-1", "resource=x&y=1"])
    func refuses(_ text: String) {
        let error = #expect(throws: FaultTextError.self) { try ResourceLife(text: text) }
        #expect(error?.description.contains("a part of the id") == true, "\(error?.description ?? "")")
    }

    static func azure(_ life: ResourceLife...) -> TestAzure { TestAzure(TestAzure.options { $0.lives = life }) }

    /// The values of the first quarter of an hour after noon.
    static func values(_ azure: TestAzure) -> [Double?] {
        azure.metrics(
            vm, [("metricnames", "Percentage CPU"), ("timespan", "2031-02-04T12:00:00Z/2031-02-04T12:15:00Z")]
        ).series.first?.values("average") ?? []
    }

    @Test func whatAppearsHasNoValuesOfBefore() {
        let azure = Self.azure(ResourceLife(resource: "VM-web-1", appears: .after(.seconds(600))))
        azure.clock.advance(by: .seconds(599))
        let before = azure.metrics(Self.vm, [])
        #expect(before.status == 404 && before.code == "ResourceNotFound")
        azure.clock.advance(by: .seconds(1))
        #expect(azure.metrics(Self.vm, []).status == 200)
        azure.clock.advance(by: .seconds(3600))
        #expect(Self.values(azure).map { $0 != nil } == (0..<15).map { $0 >= 10 })
        let truth = azure.azure.buckets(
            resource: Self.vm, metric: "Percentage CPU", dimensions: [:], aggregation: "average", grain: .oneMinute,
            from: TestAzure.noon, to: TestAzure.noon + .seconds(900))
        #expect(truth.map(\.start) == (10..<15).map { TestAzure.noon + .seconds($0 * 60) })
    }

    static func batch(_ azure: TestAzure, _ ids: [String]) -> TestAzure.Answer {
        azure.batch(
            ids, [("metricnamespace", "Microsoft.Compute/virtualMachines"), ("metricnames", "Percentage CPU")])
    }

    @Test func whatIsDeletedIsNotFoundAndSpoilsABatch() {
        let azure = Self.azure(ResourceLife(resource: "vm-web-1", deleted: .after(.seconds(600))))
        let ids = [Self.vm, TestAzure.id("vm-spare")]
        azure.clock.advance(by: .seconds(599))
        #expect(azure.metrics(Self.vm, []).status == 200)
        #expect(Self.batch(azure, ids).status == 200)
        azure.clock.advance(by: .seconds(1))
        #expect(azure.metrics(Self.vm, []).status == 404)
        #expect(Self.batch(azure, ids).status == 404)
        #expect(Self.batch(azure, [ids[1]]).status == 200)
    }

    private func life(_ azure: TestAzure, _ method: String, _ query: String) -> TestAzure.Answer {
        TestAzure.Answer(
            azure.azure.answer(ServedRequest(method: method, path: "/simulator/resources", query: query)))
    }

    private func isListed(_ azure: TestAzure) -> Bool {
        let resources = azure.get("/simulator/estate").json["resources"] as? [[String: Any]] ?? []
        return resources.contains { $0["id"] as? String == Self.vm }
    }

    @Test func livesAreChangedWhileItRuns() throws {
        let azure = TestAzure()
        #expect(life(azure, "POST", "resource=vm-web&deleted=0").status == 200)
        #expect(azure.metrics(Self.vm, []).status == 404)
        #expect(!isListed(azure))
        let listed = try #require(life(azure, "GET", "").json["resources"] as? [[String: Any]])
        #expect(listed.map { $0["resource"] as? String } == ["vm-web"])
        #expect(listed.map { $0["deleted"] as? String } == ["2031-02-04T12:00:00Z"])
        #expect(listed.map { $0["exists"] as? Bool } == [false])
        #expect(life(azure, "DELETE", "resource=VM-web").status == 200)
        #expect(azure.metrics(Self.vm, []).status == 200)
        #expect(isListed(azure))
        #expect(life(azure, "POST", "resource=vm-web-9&deleted=0").message.contains("no resource with 'vm-web-9'"))
        #expect(life(azure, "POST", "resource=vm-web&deleted=x").status == 400)
        #expect(life(azure, "PUT", "").header("Allow") == "GET, POST, DELETE")
    }

    /// Days back, and whether there are values.
    @Test("values go back 93 days", arguments: [(1, true), (92, true), (93, true), (94, false), (400, false)])
    func retention(_ days: Int64, _ isThere: Bool) throws {
        let start = TestAzure.noon - .seconds(days * 86_400)
        let answer = TestAzure().metrics(
            Self.vm, [("metricnames", "Percentage CPU"), ("timespan", "\(start)/\(start + .seconds(3600))")])
        #expect(answer.status == 200)
        #expect(answer.series.flatMap { $0.values("average") }.contains { $0 != nil } == isThere)
    }
}
