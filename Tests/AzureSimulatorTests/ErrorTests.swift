import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

@Suite struct ErrorTests {
    static let vm = TestAzure.id("vm-web-1")
    static let group = "/subscriptions/\(Estate.standardSubscription)/resourceGroups/\(Estate.standardGroup)"
    static let insights = "/providers/Microsoft.Insights/"

    /// Path, query, status and code of what Azure Resource Manager refuses.
    static let managers: [(String, String, Int, String)] = [
        (vm + insights + "metrics", "", 400, "MissingApiVersionParameter"),
        (vm + insights + "metrics", "api-version=", 400, "MissingApiVersionParameter"),
        (vm + insights + "metrics", "api-version=1999-01-01", 400, "NoRegisteredProviderFound"),
        (vm + insights + "metricDefinitions", "", 400, "MissingApiVersionParameter"),
        (vm + insights + "metricNamespaces", "api-version=2018-01-01", 400, "NoRegisteredProviderFound"),
        (vm + "x" + insights + "metrics", "api-version=2024-02-01", 404, "ResourceNotFound"),
        (vm + "/child/c" + insights + "metrics", "api-version=2024-02-01", 404, "ResourceNotFound"),
        (group + "x/providers/A.B/c/d" + insights + "metrics", "api-version=2024-02-01", 404, "ResourceGroupNotFound"),
        (
            "/subscriptions/x/resourceGroups/y" + insights + "metrics", "api-version=2024-02-01", 404,
            "SubscriptionNotFound"
        ),
        (vm + insights + "nothing", "api-version=2024-02-01", 404, "NotFound"),
        ("/", "", 404, "NotFound"),
    ]

    @Test("Azure Resource Manager refuses in its own shape", arguments: managers)
    func manager(_ path: String, _ query: String, _ status: Int, _ code: String) {
        let answer = TestAzure().get(path, rawQuery: query)
        #expect(answer.status == status)
        #expect(answer.isWrapped)
        #expect(answer.code == code)
    }

    @Test func onlyTheRightMethodIsServed() {
        let azure = TestAzure()
        let response = azure.azure.answer(ServedRequest(method: "POST", path: Self.vm + Self.insights + "metrics"))
        let answer = TestAzure.Answer(response)
        #expect(answer.status == 405)
        #expect(answer.header("Allow") == "GET")
    }

    /// Resource, metric, aggregations, and whether the metric fails.
    static let samplings: [(String, String, String, Bool)] = [
        ("vm-web-1", "Percentage CPU", "average,minimum,maximum", false),
        ("vm-web-1", "Percentage CPU", "total", true),
        ("vm-web-1", "Percentage CPU", "average,count", true),
        ("stshop", "Transactions", "total", false),
        ("stshop", "Transactions", "average", true),
        ("crshop", "TotalPullCount", "average", false),
        ("crshop", "TotalPullCount", "maximum", true),
        ("redis-shop", "connectedclients", "total,maximum", false),
    ]

    @Test("an aggregation that is not stored fails its metric inside a 200", arguments: samplings)
    func sampling(_ resource: String, _ metric: String, _ aggregations: String, _ fails: Bool) throws {
        let answer = TestAzure().metrics(
            TestAzure.id(resource), [("metricnames", metric), ("aggregation", aggregations)])
        #expect(answer.status == 200)
        let result = try #require(answer.metrics.first)
        #expect((result.errorCode == "InvalidSamplingType") == fails)
        #expect((result.json["errorMessage"] != nil) == fails)
        #expect(result.series.isEmpty == fails)
    }

    @Test func aFailedMetricLeavesTheOthersAlone() {
        let answer = TestAzure().metrics(
            TestAzure.id("sb-shop"), [("metricnames", "ActiveMessages,IncomingMessages"), ("aggregation", "total")])
        #expect(answer.status == 200)
        #expect(answer.metrics.first { $0.name == "ActiveMessages" }?.errorCode == "InvalidSamplingType")
        #expect(answer.metrics.first { $0.name == "IncomingMessages" }?.series.first?.data.count == 60)
    }

    @Test func someMetricsLeaveOutWhatTheyDoNotStore() throws {
        let answer = TestAzure().metrics(
            TestAzure.id("redis-shop"), [("metricnames", "connectedclients"), ("aggregation", "total,maximum")])
        let point = try #require(answer.series.first?.data.first)
        #expect(point.keys.sorted() == ["maximum", "timeStamp"])
    }
}
