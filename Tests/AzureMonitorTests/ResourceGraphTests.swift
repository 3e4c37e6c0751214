import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

@Suite(.timeLimit(.minutes(5))) struct ResourceGraphTests {
    static let ids = MetricsTableTests.ids

    static func row(_ id: ResourceID, extra: String = "") -> String {
        #"{"id":"\#(id)","type":"contoso.widgets/ovens","location":"West Europe"\#(extra)}"#
    }

    static func page(
        _ rows: [String], total: Int, skipToken: String? = nil, isTruncated: String = #""false""#
    ) -> String {
        let token = skipToken.map { #""$skipToken":"\#($0)","# } ?? ""
        return
            #"{"totalRecords":\#(total),"count":1,\#(token)"data":[\#(rows.joined(separator: ","))],"#
            + #""facets":[],"resultTruncated":\#(isTruncated)}"#
    }

    static func failure(_ harness: Harness, ids: [ResourceID] = ids) async -> AzureError? {
        do throws(AzureError) {
            _ = try await harness.client.resources(ids: ids)
            return nil
        } catch {
            return error
        }
    }

    @Test("ids are asked for in one question, and what is known of them comes back")
    func whole() async throws {
        let harness = Harness.metrics { _ in
            .json(
                Self.page(
                    [
                        Self.row(
                            Self.ids[0],
                            extra: #","kind":"","sku":{"name":"S1","tier":"Standard","capacity":2},"#
                                + #""tags":{"team":"bread","t\u00f6p \"x\"":"","odd":null,"n":5},"new":{"a":[1]}"#),
                        Self.row(Self.ids[1], extra: #","kind":"functionapp","sku":{"tier":"Dynamic"},"tags":null"#),
                        #"{"id":null,"type":"x"}"#, #"{"type":"x"}"#, #"{"id":"/r","sku":"Free","tags":"none"}"#,
                    ], total: 5))
        }
        let resources = try await harness.client.resources(ids: Self.ids + [Self.ids[0]])
        #expect(
            resources == [
                GraphResource(
                    id: Self.ids[0], type: "contoso.widgets/ovens", location: "westeurope", sku: "S1",
                    tags: [Label("team", "bread"), Label("töp \"x\"", ""), Label("odd", ""), Label("n", "")]),
                GraphResource(
                    id: Self.ids[1], type: "contoso.widgets/ovens", location: "westeurope", kind: "functionapp",
                    sku: "Dynamic"),
                GraphResource(id: ResourceID("/r"), type: "", location: "", sku: "Free"),
            ])
        let request = try #require(harness.http.metricRequests.first)
        #expect(harness.http.metricRequests.count == 1 && request.method == .post)
        #expect(
            request.url
                == "https://management.azure.com/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01")
        #expect(request.header("Content-Type") == "application/json")
        let list = Self.ids.map { "'\($0.canonical)'" }.joined(separator: ",")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"subscriptions":["sub-1"],"query":"resources | where id in~ (\#(list)) | "#
                + #"project id, type, location, kind, sku, tags | order by id asc","#
                + #""options":{"resultFormat":"objectArray","$top":1000}}"#)
        #expect(
            await harness.client.lanes.snapshot().map(\.key) == [.init(.resourceGraph, host: "management.azure.com")])
    }

    @Test("an id cannot break out of its quotation marks, and one that no resource can have is not asked for")
    func quoting() {
        #expect(GraphQuery.literal(#"a'b\c"#) == #"'a\'b\\c'"#)
        let evil = ResourceID("/subscriptions/s/x') | union secrets | where ('a' == 'a")
        let questions = GraphQuery.questions(about: [evil, ResourceID("/subscriptions/s/a\nb"), ResourceID("/none")])
        #expect(questions.count == 1 && questions[0].subscriptionIDs == ["s"])
        #expect(
            questions[0].text.contains(
                #"in~ ('/subscriptions/s/x\') | union secrets | where (\'a\' == \'a') | project"#))
        #expect(GraphQuery.questions(about: []).isEmpty)
    }

    @Test("a thousand ids a question, those of a subscription together, each with the subscriptions it needs")
    func division() {
        let ids = (0..<2500).map { ResourceID("/subscriptions/S\($0 % 2)/r/\($0)") }
        let questions = GraphQuery.questions(about: ids + ids)
        #expect(questions.map(\.subscriptionIDs) == [["s0"], ["s0", "s1"], ["s1"]])
        #expect(questions.map { $0.text.split(separator: ",").count } == [1005, 1005, 505])
    }

    @Test("pages follow until there is no token, each with the same question")
    func paging() async throws {
        let harness = Harness.metrics { index in
            .json(Self.page([Self.row(Self.ids[index])], total: 3, skipToken: index < 2 ? "t\\\"\(index)" : nil))
        }
        #expect(try await harness.client.resources(ids: Self.ids).map(\.id) == Self.ids)
        let bodies = harness.http.metricRequests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.count == 3 && !bodies[0].contains("skipToken"))
        #expect(bodies[1] == bodies[0].dropLast(2) + #","$skipToken":"t\"0"}}"#)
        #expect(bodies[2] == bodies[0].dropLast(2) + #","$skipToken":"t\"1"}}"#)
    }

    static let unusable: [(String, String)] = [
        (page([row(ids[0])], total: 2), "there should be 2"),
        (page([row(ids[0])], total: 1, isTruncated: #""true""#), "cut off"),
        (page([row(ids[0])], total: 1, isTruncated: "true"), "cut off"),
        (page([], total: 0, skipToken: "same"), "same page"),
        (#"{"totalRecords":0}"#, "no list"), (#"{"data":{"columns":[],"rows":[]}}"#, "no list"), ("", "0 bytes"),
    ]

    @Test("an answer that is not whole is none", arguments: unusable)
    func notWhole(body: String, words: String) async throws {
        let harness = Harness.metrics { _ in .json(body) }
        let error = try #require(await Self.failure(harness))
        #expect(error.code == .malformedAnswer && error.api == .resourceGraph && error.message.contains(words))
    }

    @Test("of subscriptions that cannot be read nothing is known, and others are asked all the same")
    func unreadable() async throws {
        let ids = (0..<1001).map { ResourceID("/subscriptions/\($0 < 1000 ? "a" : "b")/r/\($0)") }
        let harness = Harness.metrics { index in
            index == 0
                ? .json(
                    #"{"error":{"code":"BadRequest","message":"m","details":[5,{"code":"NoValidSubscriptionsInQueryRequest"},{"code":"x"}]}}"#,
                    status: 400)
                : .json(Self.page([Self.row(ids[1000])], total: 1))
        }
        #expect(try await harness.client.resources(ids: ids).map(\.id) == [ids[1000]])
        let refused = Harness.metrics { _ in .json(#"{"error":{"code":"BadRequest","message":"m"}}"#, status: 400) }
        #expect(await Self.failure(refused)?.serviceCode == "BadRequest")
    }

    @Test("a used-up quota makes the next page wait, a 429 closes the lane")
    func quota() async throws {
        let clock = ImpatientClock()
        let used = [("x-ms-user-quota-remaining", "0"), ("x-ms-user-quota-resets-after", "00:00:04")]
        let harness = Harness.metrics(clock: clock) { index in
            switch index {
            case 0: .json(Self.page([Self.row(Self.ids[0])], total: 2, skipToken: "t"), headers: used)
            case 1: .json("{}", status: 429, headers: [("Retry-After", "7")])
            default: .json(Self.page([Self.row(Self.ids[1])], total: 2))
            }
        }
        #expect(try await harness.client.resources(ids: Self.ids).count == 2)
        #expect(clock.waits == [.seconds(5), .seconds(8)])
    }
}
