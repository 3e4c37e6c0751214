import HTTPServer
import MetricModel
import Testing

@testable import AzureSimulator

@Suite struct TokenTests {
    static let options = TestAzure.options()

    /// A change to a right token request, and what it is refused with.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var fields: [String: String] = [:]
        var tenant = options.tenantID
        var method = "POST"
        var contentType = "application/x-www-form-urlencoded"
        var status = 400
        let error: String
        let code: Int
        var testDescription: String { "AADSTS\(code) \(fields)" }
    }

    static let refusals: [Refusal] = [
        Refusal(fields: ["grant_type": ""], error: "invalid_request", code: 900_144),
        Refusal(fields: ["grant_type": "password"], error: "unsupported_grant_type", code: 70003),
        Refusal(fields: ["client_id": ""], error: "invalid_request", code: 900_144),
        Refusal(fields: ["client_id": "somebody"], error: "unauthorized_client", code: 700_016),
        Refusal(fields: ["client_secret": ""], status: 401, error: "invalid_client", code: 7_000_218),
        Refusal(fields: ["client_secret": "wrong"], status: 401, error: "invalid_client", code: 7_000_215),
        Refusal(fields: ["scope": ""], error: "invalid_request", code: 900_144),
        Refusal(fields: ["scope": "https://management.azure.com"], error: "invalid_scope", code: 70011),
        Refusal(
            fields: ["scope": "https://management.azure.com/.default https://api.loganalytics.io/.default"],
            error: "invalid_scope", code: 70011),
        Refusal(fields: ["scope": "https://nobody.example/.default"], error: "invalid_resource", code: 500_011),
        Refusal(tenant: "99999999-9e56-4e3f-b1a8-1c0325138f27", error: "invalid_request", code: 90002),
        Refusal(tenant: "nobody.example", error: "invalid_request", code: 90002),
        Refusal(tenant: "nobody", error: "invalid_request", code: 900_023),
        Refusal(method: "GET", error: "invalid_request", code: 900_561),
        Refusal(contentType: "application/json", error: "invalid_request", code: 900_144),
    ]

    static func form(
        _ changes: [String: String] = [:], scope: (String, String) = ("scope", "https://management.azure.com/.default")
    ) -> [UInt8] {
        var fields = [
            "grant_type": "client_credentials", "client_id": options.clientID, "client_secret": options.clientSecret,
            scope.0: scope.1,
        ]
        fields.merge(changes) { $1 }
        return Array(fields.map { "\($0)=\(TestAzure.encoded($1))" }.joined(separator: "&").utf8)
    }

    static func ask(
        _ azure: TestAzure, _ body: [UInt8], path: String = "/\(options.tenantID)/oauth2/v2.0/token",
        method: String = "POST", contentType: String = "application/x-www-form-urlencoded"
    ) -> TestAzure.Answer {
        TestAzure.Answer(
            azure.azure.answer(
                ServedRequest(
                    method: method, path: path,
                    headers: [("Content-Type", contentType), ("Host", "127.0.0.1:4711")], body: body)))
    }

    @Test("a wrong request is refused with Entra's own code", arguments: refusals)
    func refuses(_ refusal: Refusal) throws {
        let answer = Self.ask(
            TestAzure(Self.options), Self.form(refusal.fields), path: "/\(refusal.tenant)/oauth2/v2.0/token",
            method: refusal.method, contentType: refusal.contentType)
        #expect(answer.status == refusal.status)
        #expect(answer.json["error"] as? String == refusal.error)
        #expect(answer.json["error_codes"] as? [Int] == [refusal.code])
        let description = try #require(answer.json["error_description"] as? String)
        #expect(description.hasPrefix("AADSTS\(refusal.code): "))
        #expect(answer.json["timestamp"] as? String == "2031-02-04 12:00:00Z")
        #expect(!String(decoding: answer.body, as: UTF8.self).contains(Self.options.clientSecret))
    }

    static let audiences = [
        "https://management.azure.com/.default", "https://management.core.windows.net//.default",
        "http://127.0.0.1:4711/.default", "http://127.0.0.1:4711//.default",
    ]

    @Test("version 2 answers numbers and a token that opens Azure Resource Manager", arguments: audiences)
    func version2(_ scope: String) throws {
        let azure = TestAzure(Self.options)
        let answer = Self.ask(azure, Self.form(["scope": scope]))
        #expect(answer.status == 200)
        #expect(answer.json["token_type"] as? String == "Bearer")
        #expect(answer.json["expires_in"] as? Int == 3599)
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("\"3599\""))
        let token = try #require(answer.json["access_token"] as? String)
        #expect(Self.callARM(azure, "Bearer \(token)").status == 200)
    }

    @Test func version1AnswersStrings() throws {
        let azure = TestAzure(Self.options)
        let body = Self.form(scope: ("resource", "https://management.azure.com/"))
        let answer = Self.ask(azure, body, path: "/\(Self.options.tenantID)/oauth2/token")
        #expect(answer.status == 200)
        #expect(answer.json["expires_in"] as? String == "3599")
        #expect(answer.json["expires_on"] as? String == String(TestAzure.noon.seconds + 3599))
        #expect(answer.json["not_before"] as? String == String(TestAzure.noon.seconds))
        let token = try #require(answer.json["access_token"] as? String)
        #expect(Self.callARM(azure, "bearer \(token)").status == 200)
        let other = Self.ask(azure, Self.form(), path: "/\(Self.options.tenantID)/oauth2/token")
        #expect(other.json["error_codes"] as? [Int] == [900_144])
    }

    @Test func everyRequestGetsATokenOfItsOwn() {
        let azure = TestAzure(Self.options)
        let tokens = (0..<3).map { _ in Self.ask(azure, Self.form()).json["access_token"] as? String }
        #expect(Set(tokens).count == 3)
    }

    static func callARM(_ azure: TestAzure, _ authorization: String?) -> TestAzure.Answer {
        let headers = (authorization.map { [(name: "Authorization", value: $0)] } ?? [])
        return TestAzure.Answer(
            azure.azure.answer(
                ServedRequest(
                    method: "GET",
                    path: TestAzure.id("kv-shop") + "/providers/microsoft.insights/metricNamespaces",
                    query: "api-version=2024-02-01", headers: headers + [("Host", "127.0.0.1:4711")])))
    }

    static let badHeaders: [(String?, String)] = [
        (nil, "AuthenticationFailed"), ("Basic abc", "AuthenticationFailedInvalidHeader"),
        ("Bearer", "AuthenticationFailedInvalidHeader"), ("Bearer invented", "InvalidAuthenticationToken"),
    ]

    @Test("a call without a good token is refused, wrapped, with a challenge", arguments: badHeaders)
    func refusesHeader(_ header: String?, _ code: String) throws {
        let answer = Self.callARM(TestAzure(Self.options), header)
        #expect(answer.status == 401)
        #expect(answer.isWrapped)
        #expect(answer.code == code)
        let challenge = try #require(answer.header("WWW-Authenticate"))
        #expect(challenge.hasPrefix("Bearer authorization_uri=\"http://127.0.0.1:4711/\(Self.options.tenantID)\""))
        #expect(challenge.contains("error=\"invalid_token\""))
    }

    @Test(
        "a token of another audience opens nothing",
        arguments: ["https://metrics.monitor.azure.com", "https://api.loganalytics.io"])
    func wrongAudience(_ audience: String) throws {
        let azure = TestAzure(Self.options)
        let token = Self.ask(azure, Self.form(["scope": audience + "/.default"])).json["access_token"] as? String
        let answer = Self.callARM(azure, "Bearer \(try #require(token))")
        #expect(answer.status == 401)
        #expect(answer.code == "InvalidAuthenticationTokenAudience")
    }

    @Test func aTokenEndsAtItsExpiry() throws {
        let azure = TestAzure(Self.options)
        let token = try #require(Self.ask(azure, Self.form()).json["access_token"] as? String)
        azure.clock.advance(by: .seconds(3598))
        #expect(Self.callARM(azure, "Bearer \(token)").status == 200)
        azure.clock.advance(by: .seconds(1))
        let answer = Self.callARM(azure, "Bearer \(token)")
        #expect(answer.status == 401)
        #expect(answer.code == "ExpiredAuthenticationToken")
    }

    @Test func theStoreForgetsTheOldestTokens() {
        var store = TokenStore(seed: 1)
        let tokens = (0...10_000).map { _ in
            store.issue(audience: "a", principal: "p", lifetime: .seconds(1), now: TestAzure.noon)
        }
        #expect(store.grant(of: tokens[0]) == nil)
        #expect(store.grant(of: tokens[1]) != nil)
        #expect(store.grant(of: tokens[10_000]) != nil)
    }
}
