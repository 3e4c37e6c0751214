import HTTPServer

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`: where Microsoft's own libraries look for the token endpoint.
enum OpenIDConfiguration {
    static func answer(_ exchange: Exchange) -> ServedResponse {
        do throws(TokenError) {
            try TokenEndpoint.checkTenant(of: exchange)
        } catch {
            return error.response(at: exchange.now, seed: exchange.azure.options.seed)
        }
        let tenant = exchange.azure.options.tenantID
        let base = "\(exchange.address.baseURL)/\(tenant)"
        let body = JSONWriter.object { json in
            json.field("token_endpoint", "\(base)/oauth2/v2.0/token")
            json.field("token_endpoint_auth_methods_supported", ["client_secret_post"])
            json.field("issuer", "\(base)/v2.0")
            json.field("authorization_endpoint", "\(base)/oauth2/v2.0/authorize")
            json.field("device_authorization_endpoint", "\(base)/oauth2/v2.0/devicecode")
            json.field("jwks_uri", "\(base)/discovery/v2.0/keys")
            json.field("response_types_supported", ["code"])
            json.field("subject_types_supported", ["pairwise"])
            json.field("id_token_signing_alg_values_supported", ["RS256"])
            json.field("tenant_region_scope", "EU")
        }
        return .json(body)
    }
}
