extension Exchange {
    /// Refuses the request unless it has a token that `service` accepts now.
    func authorize(for service: Site.Service = .management) throws(AzureError) {
        guard let header = request.header("Authorization") else {
            throw refused("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw refused(
                "AuthenticationFailedInvalidHeader",
                "Authentication failed. The 'Authorization' header is provided in an invalid format.")
        }
        guard let grant = azure.state.withLock({ $0.tokens.grant(of: String(parts[1])) }) else {
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
