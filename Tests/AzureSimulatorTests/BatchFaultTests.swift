import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

/// What goes wrong only in calls about many resources.
@Suite struct BatchFaultTests {
    struct Poison: Sendable, CustomTestStringConvertible {
        var text: String
        var status: Int
        var says: String
        var testDescription: String { text }
    }

    static let poisons = [
        Poison(text: "resource=VM-WEB-2&answer=404", status: 404, says: "Failed to find resource mapping"),
        Poison(text: "resource=vm-web-2&answer=501", status: 501, says: "not implemented"),
        Poison(text: "resource=&answer=500", status: 500, says: "unexpected"),
        Poison(
            text: "resource=vm-web-2&metric=percentage%20cpu&answer=series-cap", status: 400,
            says: "QueryThrottledException: Cannot request more than 500000 time series per query"),
    ]

    @Test("one resource takes its whole batch down, and nothing without it", arguments: poisons)
    func poison(_ poison: Poison) throws {
        let fault = try BatchFault(text: poison.text)
        let azure = TestAzure(TestAzure.options { $0.batchFaults = [fault] })
        let answer = azure.batch(BatchTests.machines, BatchTests.cpu)
        #expect(answer.status == poison.status && answer.isWrapped)
        #expect(answer.message.contains(poison.says), "\(answer.message)")
        let info = (answer.json["error"] as? [String: Any])?["additionalInfo"] as? [[String: Any]]
        #expect(info?.count == (poison.status == 500 ? 2 : nil))
        guard !fault.resource.isEmpty else { return }
        #expect(azure.batch([BatchTests.machines[0]], BatchTests.cpu).status == 200)
        #expect(azure.metrics(BatchTests.machines[1], [("metricnames", "Percentage CPU")]).status == 200)
        let other = azure.batch(BatchTests.machines, [("metricnames", "Network In Total")])
        #expect(other.status == (fault.metric == nil ? poison.status : 200))
    }

    @Test("a resource is left out, one metric of another is left out or has an error, the rest is as it was")
    func partial() throws {
        let texts = [
            "resource=vm-spare&answer=missing", "resource=vm-web-1&metric=Network%20In%20Total&answer=missing",
            "resource=vm-web-2&metric=Percentage%20CPU&answer=metric-error",
        ]
        let faults = try texts.map { try BatchFault(text: $0) }
        let azure = TestAzure(TestAzure.options { $0.batchFaults = faults })
        let answer = azure.batch(BatchTests.machines, [("metricnames", "Percentage CPU,Network In Total")])
        var found: [String: String] = [:]
        for entry in answer.entries {
            for metric in entry.metrics {
                let name = entry.resource.lowercased().split(separator: "/").last ?? ""
                found["\(name) \(metric.name)"] = metric.errorCode ?? "Success"
                #expect(metric.series.isEmpty == (metric.errorCode == "InternalError"))
            }
        }
        #expect(
            found == [
                "vm-web-1 Percentage CPU": "Success", "vm-web-2 Percentage CPU": "InternalError",
                "vm-web-2 Network In Total": "Success",
            ])
    }

    @Test("flicker takes up to two of the newest points away, not the same in each call, and no other")
    func flicker() throws {
        let fault = try BatchFault(text: "resource=vm-web&answer=flicker")
        let azure = TestAzure(TestAzure.options { $0.batchFaults = [fault] })
        var counts: Set<Int> = []
        for _ in 0..<20 {
            let times =
                azure.batch([BatchTests.machines[0]], BatchTests.cpu).entries.first?.metrics.first?.series.first?.times
            counts.insert(times?.count ?? 0)
            #expect(times?.first == "2031-02-04T10:00:00Z")
        }
        #expect(counts == [58, 59, 60])
    }

    static let mistakes: [(String, String)] = [
        ("resource=x", "'answer'"), ("answer=404", "'resource' is missing"), ("resource=x&answer=200", "series-cap"),
        ("resource=x&answer=404&calls=1", "known are resource, metric, answer"),
    ]

    @Test("a fault that cannot be is refused with what could", arguments: mistakes)
    func mistake(_ text: String, _ says: String) {
        let error = #expect(throws: FaultTextError.self) { try BatchFault(text: text) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }

    @Test("they are switched on, listed and ended while the simulator runs")
    func control() throws {
        let azure = TestAzure()
        func call(_ method: String, _ query: String = "") -> TestAzure.Answer {
            TestAzure.Answer(
                azure.azure.answer(ServedRequest(method: method, path: "/simulator/batch", query: query)))
        }
        #expect(call("POST", "resource=vm-spare&metric=m&answer=missing").status == 200)
        #expect(call("POST", "resource=vm-web-1&answer=404").status == 200)
        #expect(call("POST", "resource=vm-web-1").status == 400)
        #expect(call("PUT").status == 405)
        let listed = call("GET").json["faults"] as? [[String: Any]] ?? []
        #expect(listed.map { $0["answer"] as? String } == ["missing", "404"])
        #expect(listed.map { $0["metric"] as? String } == ["m", nil])
        #expect(azure.batch(BatchTests.machines, BatchTests.cpu).status == 404)
        #expect((call("DELETE").json["faults"] as? [Any])?.isEmpty == true)
        #expect(azure.batch(BatchTests.machines, BatchTests.cpu).status == 200)
    }
}
