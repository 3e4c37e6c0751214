import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

/// What Azure's lists of metrics and namespaces become.
@Suite struct MetricDefinitionsTests {
    static let answer = #"""
        {"value":[
          {"id":"/subscriptions/s/x","resourceId":"/subscriptions/s","namespace":"Contoso.Widgets/ovens",
           "isDimensionRequired":false,"name":{"localizedValue":"L","value":"Loaves/sec"},
           "displayDescription":"L\u00f6aves","category":"Output","metricClass":"Transactions","unit":"Count",
           "primaryAggregationType":"Total","extra":[{"a":[1]}],
           "supportedAggregationTypes":["None","Average","total","Median",null,"Count"],
           "dimensions":[{"value":"Shelf","localizedValue":"S"},{"localizedValue":"nameless"}],
           "metricAvailabilities":[{"timeGrain":"PT5M","retention":"P93D"},{"retention":"P93D"},
                                   {"timeGrain":"PT1H"},{"timeGrain":"soon"}]},
          {"name":{"value":"Crumbs"}},
          {"unit":"Count"}]}
        """#

    static func read(_ json: String) throws -> [MetricDefinition] {
        try MetricDefinition.page(json: HTTPBody(json.utf8)).items
    }

    @Test("every fact is read, and what is not known or nameless is left out")
    func whole() throws {
        let definitions = try Self.read(Self.answer)
        #expect(
            definitions == [
                MetricDefinition(
                    name: "Loaves/sec", description: "Löaves", unit: "Count", namespace: "Contoso.Widgets/ovens",
                    primaryAggregation: .total, supportedAggregations: [.average, .total, .count],
                    grains: [.fiveMinutes, .oneHour], dimensions: ["Shelf"]),
                MetricDefinition(name: "Crumbs"),
            ])
        let found = MetricDefinitions(metrics: definitions)
        #expect(found.metric(named: "loaves/SEC")?.unit == "Count" && found.metric(named: "Loaves") == nil)
    }

    @Test(
        "what is optional may be missing or null",
        arguments: [
            #"{"value":[]}"#, #"{"nextLink":null,"value":[{"name":null}]}"#,
            #"{"value":[{"name":{"value":null}}]}"#, #"{"value":[{"name":{"value":""}}]}"#,
        ])
    func optional(json: String) throws {
        #expect(try Self.read(json).isEmpty)
    }

    @Test("null lists of a metric are empty")
    func nullLists() throws {
        let lists = [
            "supportedAggregationTypes", "dimensions", "metricAvailabilities", "unit", "primaryAggregationType",
        ]
        let members = lists.map { "\"\($0)\":null" }.joined(separator: ",")
        #expect(
            try Self.read("{\"value\":[{\"name\":{\"value\":\"m\"},\(members)}]}") == [MetricDefinition(name: "m")])
    }

    @Test(
        "what is no list is a problem, not an empty one",
        arguments: [
            "", "null", "[]", "{}", #"{"value":null}"#, #"{"value":{}}"#, #"{"value":[5]}"#, #"{"value":[{}]}}"#,
            #"{"value":[{"name":"m"}]}"#, #"{"value":[{"name":{"value":5}}]}"#,
            #"{"value":[{"metricAvailabilities":5}]}"#, #"{"value":[{"dimensions":["a"]}]}"#,
            #"{"value":[{"supportedAggregationTypes":"Total"}]}"#, #"{"error":{"code":"x"}}"#,
        ])
    func refused(json: String) {
        #expect(throws: JSONProblem.self) { try Self.read(json) }
        #expect(throws: JSONProblem.self) { try MetricNamespace.page(json: HTTPBody(#"{"value":5}"#.utf8)) }
    }

    @Test("cut off anywhere, a list is a problem and never half a list")
    func truncated() {
        let bytes = Array(Self.answer.utf8)
        for length in 0..<bytes.count {
            #expect(throws: JSONProblem.self, "cut after \(length) bytes") {
                try MetricDefinition.page(json: HTTPBody(bytes[..<length]))
            }
        }
    }

    @Test("namespaces stand once, the platform's own first, whatever Azure's order and spelling")
    func namespaces() throws {
        let json = #"""
            {"value":[
             {"name":"a-b","classification":"Custom","properties":{"metricNamespaceName":"App.Custom"}},
             {"classification":"Qos","properties":{"metricNamespaceName":"contoso.widgets/qos"}},
             {"classification":"Platform","properties":{"metricNamespaceName":"Contoso.Widgets/other"}},
             {"classification":"Platform","properties":{"metricNamespaceName":"contoso.widgets/OVENS"}},
             {"classification":"Platform","properties":{"metricNamespaceName":"Contoso.Widgets/ovens"}},
             {"classification":"Custom","properties":null},{}]}
            """#
        let read = try MetricNamespace.page(json: HTTPBody(json.utf8)).items
        #expect(read.count == 5)
        let ordered = MetricNamespace.ordered(read, type: "Contoso.Widgets/ovens")
        #expect(
            ordered.map(\.name) == [
                "contoso.widgets/OVENS", "Contoso.Widgets/other", "App.Custom", "contoso.widgets/qos",
            ])
        #expect(ordered.map(\.classification) == ["Platform", "Platform", "Custom", "Qos"])
    }
}
