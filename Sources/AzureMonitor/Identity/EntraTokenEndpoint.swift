import CSimdJSON
import HTTPTransport
import MetricModel

/// Asks Microsoft Entra for tokens and reads what it answers.
struct EntraTokenEndpoint: Sendable {
    let credential: any AzureCredential
    let environment: AzureEnvironment
    let exchange: Exchange

    /// Where tokens come from, for messages.
    var host: String { BaseURL.authority(of: environment.authority) }

    /// A new token for `audience`.
    func token(for audience: String) async throws(AzureError) -> AccessToken {
        let requestedAt = exchange.clock.monotonicNow
        let reply = try await exchange.send(QuotaLanes.Key(.tokens, host: host), about: nil) { () throws(AzureError) in
            credential.tokenRequest(for: audience, in: environment)
        }
        let answer = try? Answer(reply.response.body)
        guard reply.response.status == 200 else { throw refusal(reply, answer: answer) }
        guard let answer else { throw unreadable(reply, why: "it is not the JSON of a token") }
        guard let token = answer.token, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw unreadable(reply, why: "it holds no usable access_token")
        }
        guard let lifetime = answer.lifetime(at: exchange.azureTime.nowByAnswers), lifetime > .zero else {
            throw unreadable(reply, why: "it does not say how long the token lives (expires_in)")
        }
        return AccessToken(token, requestedAt: requestedAt, lifetime: lifetime)
    }

    private func unreadable(_ reply: Exchange.Reply, why: String) -> AzureError {
        if reply.response.isPage { return refusal(reply, answer: nil) }
        return AzureError(
            .malformedAnswer, host: reply.host, status: reply.response.status,
            message: "The answer to the token request of \(credential.identity) cannot be used: \(why).",
            remedy: "Check that the authority is a token endpoint of Microsoft Entra.", requestIDs: reply.requestIDs)
    }

    /// Entra's no, without the secret, should it have been repeated.
    private func refusal(_ reply: Exchange.Reply, answer: Answer?) -> AzureError {
        var error = AzureError(refusal: reply, about: nil)
        let described = (answer?.errorDescription ?? "").singleLine(limit: 400)
        if let number = answer?.errorNumber {
            let known = EntraErrorCode.known(number)
            error.code = known?.code ?? (error.isRetryable ? error.code : .unauthenticated)
            error.serviceCode = "AADSTS\(number)"
            error.message =
                "No token for \(credential.identity): " + (known.map { "\($0.meaning). " } ?? "") + described
            // A status that passes by itself (429, 5xx) has its remedy already.
            let lookUp = "Look up AADSTS\(number) in Microsoft Entra's list of error codes."
            error.remedy = known?.remedy ?? (error.isRetryable ? error.remedy : lookUp)
        } else {
            // 404 and 400 with Entra's own word are about the application or the tenant, not about a resource.
            if [.badRequest, .notFound].contains(error.code) { error.code = .unauthenticated }
            if error.code == .unauthenticated { error.remedy = "Check tenant, application id and secret." }
            if let word = answer?.error?.singleLine(limit: 64) {
                error.serviceCode = word
                error.message = "No token for \(credential.identity): \(word): \(described)"
            }
        }
        error.message = credential.redacted(error.message)
        error.serviceCode = error.serviceCode.map(credential.redacted)
        return error
    }
}

extension EntraTokenEndpoint {
    /// The fields of a token endpoint's answer, good or bad.
    struct Answer {
        var token: String?
        var expiresIn: Int64?
        var expiresOn: Int64?
        var error: String?
        var errorDescription: String?
        /// The number of the `AADSTS` code.
        var errorNumber: Int64?

        init(_ body: HTTPBody) throws(JSONProblem) {
            let document = try JSONDocument()
            self = try document.read(body, as: csj_token_answer(), with: { csj_read_token($0, $1, $2, $3) }) {
                Answer($0)
            }
        }

        private init(_ raw: csj_token_answer) {
            token = raw.access_token.string.flatMap { $0.isEmpty ? nil : $0 }
            expiresIn = raw.expires_in < 0 ? nil : raw.expires_in
            expiresOn = raw.expires_on < 0 ? nil : raw.expires_on
            error = raw.error.string
            errorDescription = raw.error_description.string
            errorNumber =
                raw.error_code != 0 ? raw.error_code : errorDescription.flatMap { EntraErrorCode.number(in: $0) }
        }

        /// What is left of the token's life at `now`; `nil` when the answer does not say.
        func lifetime(at now: Timestamp) -> Duration? {
            // Nobody keeps a token for longer than a day, whatever is claimed.
            let longest = Duration.seconds(86_400)
            if let expiresIn { return min(.seconds(expiresIn), longest) }
            return expiresOn.map { min(.seconds($0 - now.seconds), longest) }
        }
    }
}
