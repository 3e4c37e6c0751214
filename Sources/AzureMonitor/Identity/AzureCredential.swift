import HTTPTransport

/// Who the agent is for Azure: knows how to ask for a token.
public protocol AzureCredential: Sendable {
    /// For messages: who, never by which secret.
    var identity: String { get }

    /// The request for a token that is good at `audience`.
    func tokenRequest(for audience: String, in environment: AzureEnvironment) -> HTTPRequest

    /// `text` without the secret, should a server have repeated it.
    func redacted(_ text: String) -> String
}
