import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

extension TestAzure {
    /// Asks Azure Resource Graph about the standard subscription.
    func graph(
        _ query: String, options: String = "", subscriptions: String = "\"\(Estate.standardSubscription)\"",
        contentType: String = "application/json; charset=utf-8", body: String? = nil
    ) -> Answer {
        let escaped = query.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
        let text = body ?? #"{"subscriptions": [\#(subscriptions)], "query": "\#(escaped)", "options": {\#(options)}}"#
        return Answer(
            azure.answer(
                ServedRequest(
                    method: "POST", path: "/providers/Microsoft.ResourceGraph/resources",
                    query: "api-version=2022-10-01",
                    headers: [
                        ("Host", "management.localhost:1"), ("Authorization", "Bearer \(token)"),
                        ("Content-Type", contentType),
                    ], body: Array(text.utf8))))
    }
}

extension TestAzure.Answer {
    /// Rows in the format `objectArray`.
    var rows: [[String: Any]] { json["data"] as? [[String: Any]] ?? [] }
    var names: [String] { rows.compactMap { $0["name"] as? String } }
    var detail: String {
        let details = (json["error"] as? [String: Any])?["details"] as? [[String: Any]] ?? []
        return details.map { "\($0["code"] ?? ""): \($0["message"] ?? "")" }.joined(separator: " ")
    }
}

/// Azure Resource Graph.
@Suite struct GraphTests {
    static let queries: [(String, [String])] = [
        (
            "resources | where id in~ ('\(TestAzure.id("vm-web-2").uppercased())', \"\(TestAzure.id("kv-shop"))\") "
                + "| project id, name, location | order by id asc", ["vm-web-2", "kv-shop"]
        ),
        (
            "Resources | where type =~ 'Microsoft.Compute/VirtualMachines' and name != 'vm-spare' | order by name desc",
            ["vm-web-2", "vm-web-1"]
        ),
        ("resources|where type in ('microsoft.keyvault/vaults')|sort by name asc", ["kv-data", "kv-shop"]),
        ("resources | where name == 'KV-SHOP'", []),
        ("resources | where name contains 'WEB' | limit 1 | order by name", ["vm-web-2"]),
        ("resources | where type =~ 'microsoft.keyvault/vaults' and location !in~ ('northeurope')", ["kv-shop"]),
        (
            "resources | where resourceGroup == 'rg-shop-data' and name !contains 's' | project who = id, name",
            ["kv-data", "default"]
        ),
    ]

    @Test("a query finds what it should, in its order", arguments: queries)
    func finds(_ query: String, _ names: [String]) {
        let answer = TestAzure().graph(query)
        #expect(answer.status == 200, "\(answer.detail)")
        #expect(answer.names.sorted() == names.sorted())
        if query.contains("by") { #expect(answer.names == names) }
        #expect(answer.json["resultTruncated"] as? String == "false")
        #expect(answer.json["count"] as? Int == names.count && answer.json["totalRecords"] as? Int == names.count)
    }

    @Test("type and location are in lower case, what is projected has the name it got, and nothing else is there")
    func row() {
        let id = TestAzure.id("sb-data")
        let row =
            TestAzure().graph(
                "resources | where id =~ '\(id)' | project id, type, place = location, subscriptionId, resourceGroup, kind"
            ).rows.first as? [String: String]
        #expect(
            row == [
                "id": id, "type": "microsoft.servicebus/namespaces", "place": "northeurope",
                "subscriptionId": Estate.standardSubscription, "resourceGroup": "rg-shop-data", "kind": "",
            ])
    }

    @Test("pages: 100 rows by default, up to 1,000, with a token to the next one until all were there")
    func pages() throws {
        let azure = TestAzure(TestAzure.options(.scaled(try #require(EstateScale(text: "2250x1x1x1")))))
        #expect(azure.graph("resources | project id").rows.count == 100)
        var seen: [String] = []
        var token = ""
        repeat {
            let options = "\"$top\": 1000" + (token.isEmpty ? "" : ", \"$skipToken\": \"\(token)\"")
            let page = azure.graph("resources | project id | order by id asc", options: options)
            #expect(page.json["totalRecords"] as? Int == 2250)
            seen += page.rows.compactMap { $0["id"] as? String }
            token = page.json["$skipToken"] as? String ?? ""
        } while !token.isEmpty && seen.count < 3000
        #expect(seen.count == 2250 && Set(seen).count == 2250 && seen == seen.sorted())

        let cut = azure.graph("resources | project name", options: "\"$top\": 10")
        #expect(cut.json["$skipToken"] == nil && cut.json["resultTruncated"] as? String == "true")
        #expect(azure.graph("resources | project id | limit 7").rows.count == 7)
        #expect(azure.graph("resources | project id", options: "\"$top\": 10, \"$skip\": 2245").rows.count == 5)
        let first = azure.graph("resources | project id", options: "\"$top\": 10").json["$skipToken"] as? String ?? ""
        let other = azure.graph("resources | project id, name", options: "\"$skipToken\": \"\(first)\"")
        #expect(other.status == 400 && other.detail.contains("InvalidSkipToken"))
    }

    @Test("the format table has columns and rows")
    func table() {
        let answer = TestAzure().graph(
            "resources | where name == 'kv-shop' | project name, sku", options: "\"resultFormat\": \"table\"")
        let data = answer.json["data"] as? [String: Any]
        let columns = data?["columns"] as? [[String: String]]
        #expect(columns == [["name": "name", "type": "string"], ["name": "sku", "type": "object"]])
        #expect((data?["rows"] as? [[Any]])?.first?.first as? String == "kv-shop")
    }

    static let mistakes: [(String, String)] = [
        ("", "'resources' is expected"), ("tables | limit 1", "'tables | limit 1' stands where 'resources'"),
        ("resources | summarize count()", "at character 12"),
        ("resources | where color == 'red'", "'color' is none of"),
        ("resources | where name", "the end stands where =="), ("resources | where name in~ 'a'", "'(' is expected"),
        ("resources | where name == 'a", "the end of a text in quotes"),
        ("resources | limit 0", "a number is expected"),
        ("resources limit 1", "'|' or the end"), ("resources | where name == 'a' or name == 'b'", "'or name"),
        ("resources | project colour", "'colour' is none of"),
    ]

    @Test("what is no query is refused with what the parser says", arguments: mistakes)
    func mistake(_ query: String, _ says: String) {
        let answer = TestAzure().graph(query)
        #expect(answer.status == 400 && answer.isWrapped && answer.code == "BadRequest")
        #expect(answer.detail.contains("ParserFailure") && answer.detail.contains(says), "\(answer.detail)")
    }

    @Test("unknown subscriptions, a wrong content type, a wrong option, no query")
    func refusals() {
        let azure = TestAzure()
        let nobody = azure.graph("resources", subscriptions: "\"5d6a\"")
        #expect(nobody.status == 400 && nobody.detail.contains("NoValidSubscriptionsInQueryRequest"))
        #expect(azure.graph("resources", subscriptions: "").rows.count == Estate.standard.resources.count)
        #expect(azure.graph("resources", contentType: "text/plain").status == 500)
        for option in ["\"$top\": 1001", "\"$top\": 0", "\"$top\": \"ten\"", "\"resultFormat\": \"csv\""] {
            let answer = azure.graph("resources", options: option)
            #expect(answer.status == 400 && answer.detail.contains("InvalidOption"), "\(option)")
        }
        #expect(azure.graph("", body: "{}").detail.contains("'query'"))
    }

    @Test("15 queries in five seconds, counted in two headers, then 429 until the window ends")
    func quota() {
        let azure = TestAzure()
        var left: [String?] = []
        for _ in 0..<15 { left.append(azure.graph("resources | limit 1").header("x-ms-user-quota-remaining")) }
        #expect(left == (0..<15).reversed().map(String.init))
        azure.clock.advance(by: .milliseconds(3500))
        let refused = azure.graph("resources | limit 1")
        #expect(refused.status == 429 && refused.code == "RateLimiting" && refused.header("Retry-After") == "2")
        #expect(refused.header("x-ms-user-quota-resets-after") == "00:00:02")
        azure.clock.advance(by: .milliseconds(1500))
        let answered = azure.graph("resources | limit 1")
        #expect(answered.status == 200 && answered.header("x-ms-user-quota-remaining") == "14")
        #expect(answered.header("x-ms-user-quota-resets-after") == "00:00:05")
    }

    @Test("a role that is lost makes the answer shorter, and no error")
    func hidden() {
        let azure = TestAzure()
        let query = "resources | where type =~ 'microsoft.keyvault/vaults'"
        _ = azure.azure.answer(
            ServedRequest(method: "POST", path: "/simulator/graph", query: "hide=RG-shop-data"))
        #expect(azure.graph(query).names == ["kv-shop"])
        _ = azure.azure.answer(ServedRequest(method: "POST", path: "/simulator/graph", query: ""))
        #expect(azure.graph(query).names == ["kv-shop", "kv-data"])
    }
}
