import HTTPTransport

/// An app registration in Microsoft Entra with a client secret.
///
/// The secret goes into the token request and nowhere else: neither printing nor dumping this shows it.
public struct ServicePrincipalSecret: AzureCredential, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The id or a domain name of the Entra tenant.
    public let tenantID: String
    /// The application's id.
    public let clientID: String
    private let secret: String

    /// An app registration.
    public init(tenantID: String, clientID: String, secret: String) {
        self.tenantID = tenantID
        self.clientID = clientID
        self.secret = secret
    }

    public var identity: String { "application \(clientID) in tenant \(tenantID)" }
    public var description: String { identity }
    public var debugDescription: String { identity }
    public var customMirror: Mirror { Mirror(self, children: ["tenantID": tenantID, "clientID": clientID]) }

    public func tokenRequest(for audience: String, in environment: AzureEnvironment) -> HTTPRequest {
        let fields = [
            ("grant_type", "client_credentials"), ("client_id", clientID), ("client_secret", secret),
            // A slash at the end of the audience stays, which makes two: that is how Entra wants it.
            ("scope", audience + "/.default"),
        ]
        let form = fields.map { "\($0)=\(PercentEncoding.value($1))" }.joined(separator: "&")
        return HTTPRequest(
            .post, environment.authority + "/" + PercentEncoding.value(tenantID) + "/oauth2/v2.0/token",
            headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(form.utf8),
            limits: HTTPLimits(total: .seconds(15), bodyBytes: 1 << 20))
    }

    public func redacted(_ text: String) -> String {
        text.replacing(secret, by: "***").replacing(PercentEncoding.value(secret), by: "***")
    }
}
