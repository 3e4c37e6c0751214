import HTTPServer

extension ServedRequest {
    /// The token of the header `Authorization`, whether it is good or not.
    var bearerToken: String? {
        let parts = (header("Authorization") ?? "").split(separator: " ", omittingEmptySubsequences: true)
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
    }
}

extension Exchange {
    /// Refuses the request unless it has a token that `service` accepts now.
    func authorize(for service: Site.Service = .management) throws(AzureError) {
        guard request.header("Authorization") != nil else {
            throw refused("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        }
        guard let token = request.bearerToken else {
            throw refused(
                "AuthenticationFailedInvalidHeader",
                "Authentication failed. The 'Authorization' header is provided in an invalid format.")
        }
        guard let grant = azure.state.withLock({ $0.tokens.grant(of: token) }) else {
            throw refused("InvalidAuthenticationToken", "The access token is invalid.")
        }
        guard Audience(grant.audience, calledAs: request)?.opens(service) == true else {
            throw refused(
                "InvalidAuthenticationTokenAudience",
                "The access token has been obtained for wrong audience or resource '\(grant.audience)'.")
        }
        guard now < grant.expiry else {
            throw refused(
                "ExpiredAuthenticationToken",
                "The access token expiry UTC time '\(grant.expiry)' is earlier than current UTC time '\(now)'.")
        }
    }

    private func refused(_ code: String, _ message: String) -> AzureError {
        let authority = "\(address.baseURL)/\(azure.options.tenantID)"
        return .manager(
            401, code, message,
            headers: [
                (
                    "WWW-Authenticate",
                    "Bearer authorization_uri=\"\(authority)\", error=\"invalid_token\", "
                        + "error_description=\"\(message)\""
                )
            ])
    }
}
