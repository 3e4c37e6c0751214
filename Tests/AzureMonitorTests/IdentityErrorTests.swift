import HTTPTransport
import MetricModel
import Testing

@testable import AzureMonitor

@Suite struct IdentityErrorTests {
    private func failure(_ response: HTTPResponse) async -> AzureError? {
        await Harness(retry: RetryPolicy(maximumAttempts: 1)) { _, _ in response }.failure()
    }

    private func refusal(_ code: Int, status: Int = 401, inList: Bool = true) -> HTTPResponse {
        let list = inList ? #""error_codes":[\#(code),1],"# : ""
        return .json(
            #"{"error":"invalid_client",\#(list)"error_description":"AADSTS\#(code): invented\r\nTrace ID: 0123","x":{}}"#,
            status: status, headers: [("x-ms-request-id", "request-9")])
    }

    static let codes: [(Int, AzureError.Code)] = [
        (7_000_215, .unauthenticated), (7_000_222, .unauthenticated), (700_016, .unauthenticated),
        (90_002, .unauthenticated), (900_023, .unauthenticated), (70_011, .unauthenticated),
        (500_011, .unauthenticated), (50_001, .unauthenticated), (700_027, .unauthenticated),
        (700_024, .unauthenticated), (70_021, .unauthenticated), (700_211, .unauthenticated),
        (700_213, .unauthenticated), (50_196, .throttled), (90_033, .unavailable),
    ]

    @Test("a known AADSTS code is named, explained and has a remedy", arguments: codes)
    func known(number: Int, code: AzureError.Code) async throws {
        for inList in [true, false] {
            let error = try #require(await failure(refusal(number, inList: inList)))
            let entry = try #require(EntraErrorCode.known(Int64(number)))
            #expect(error.code == code && error.serviceCode == "AADSTS\(number)")
            #expect(error.message.contains(entry.meaning) && error.remedy == entry.remedy)
            #expect(error.message.contains("application client-1 in tenant tenant-1"))
            #expect(error.host == "login.microsoftonline.com" && error.requestIDs.service == "request-9")
            #expect(!error.description.contains("\n") && error.description.contains("Nothing is lost"))
        }
    }

    @Test("an unknown one is still named")
    func unknown() async throws {
        let error = try #require(await failure(refusal(999_999, status: 400)))
        #expect(error.code == .unauthenticated && error.remedy.contains("AADSTS999999"))
    }

    @Test("an answer without a code says what there is", arguments: [400, 401])
    func plain(status: Int) async throws {
        let error = try #require(
            await failure(.json(#"{"error":"invalid_request","error_description":"no such thing"}"#, status: status)))
        #expect(error.code == .unauthenticated && error.serviceCode == "invalid_request")
        #expect(error.message.contains("no such thing"))
    }

    @Test("neither errors nor printing nor dumping show the secret or the token")
    func secrecy() async throws {
        let secret = "s3cr3t+/&=~"
        let encoded = "s3cr3t%2B%2F%26%3D~"
        let bodies: [HTTPResponse] = [
            .json(
                #"{"error":"invalid_client","error_description":"AADSTS7000215: got \#(secret) or \#(encoded)"}"#,
                status: 401),
            .json(#"{"error":"\#(secret)","error_description":"\#(encoded)"}"#, status: 400),
            .json(#"{"error":{"code":"\#(secret)","message":"\#(secret)"}}"#, status: 400),
            .json("<html><title>\(secret)</title>", status: 403), .json("got \(encoded)", status: 500),
            .json(#"{"access_token":"\#(secret)"}"#),
        ]
        for body in bodies {
            let error = try #require(await failure(body))
            var text = error.description
            dump(error, to: &text)
            #expect(!text.contains(secret) && !text.contains(encoded))
        }
        var text = "\(Fixtures.secret) \(String(reflecting: Fixtures.secret))"
        dump(Fixtures.secret, to: &text)
        let token = AccessToken("token-0", requestedAt: .zero, lifetime: .seconds(60))
        text += "\(token) \(String(reflecting: token))"
        dump(token, to: &text)
        #expect(!text.contains(secret) && !text.contains("token-0"))
    }

    @Test("a proxy's page instead of a token is called that")
    func page() async throws {
        let page = HTTPResponse(status: 200, body: HTTPBody("<html><head><TITLE>Please log\n in</TITLE>".utf8))
        let error = try #require(await failure(page))
        #expect(error.code == .unexpectedAnswer && error.message.contains("'Please log in'"))
        #expect(error.host == "login.microsoftonline.com")
    }
}
