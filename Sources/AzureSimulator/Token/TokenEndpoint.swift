import HTTPServer
import MetricModel

/// Entra's token endpoint, for applications with a secret.
enum TokenEndpoint {
    /// `/oauth2/v2.0/token`: `scope` in, numbers out.
    static func version2(_ exchange: Exchange) -> ServedResponse {
        answer(exchange, audience: audienceOfScope) { json, grant in
            json.field("token_type", "Bearer")
            json.field("expires_in", grant.lifetime)
            json.field("ext_expires_in", grant.lifetime)
            json.field("access_token", grant.token)
        }
    }

    /// `/oauth2/token`: `resource` in, numbers as strings out.
    static func version1(_ exchange: Exchange) -> ServedResponse {
        answer(exchange, audience: audienceOfResource) { json, grant in
            json.field("token_type", "Bearer")
            json.field("expires_in", String(grant.lifetime))
            json.field("ext_expires_in", String(grant.lifetime))
            json.field("expires_on", String(exchange.now.seconds + grant.lifetime))
            json.field("not_before", String(exchange.now.seconds))
            json.field("resource", grant.audience)
            json.field("access_token", grant.token)
        }
    }

    private struct Grant {
        let token: String
        let audience: String
        let lifetime: Int64
    }

    private typealias AudienceReader = (Parameters, ServedRequest) throws(TokenError) -> String

    private static func answer(
        _ exchange: Exchange, audience: AudienceReader, write: (inout JSONWriter, Grant) -> Void
    ) -> ServedResponse {
        do throws(TokenError) {
            let form = try checkedForm(exchange)
            let audience = try audience(form, exchange.request)
            let options = exchange.azure.options
            let lifetime = options.tokenLifetime
            let token = exchange.azure.state.withLock {
                $0.tokens.issue(
                    audience: audience, principal: options.clientID, lifetime: lifetime, now: exchange.now)
            }
            let grant = Grant(token: token, audience: audience, lifetime: lifetime.components.seconds)
            return .json(
                JSONWriter.object { write(&$0, grant) }, headers: [("Pragma", "no-cache")])
        } catch {
            return error.response(at: exchange.now, seed: exchange.azure.options.seed)
        }
    }

    /// The form, once tenant, grant and client are right.
    private static func checkedForm(_ exchange: Exchange) throws(TokenError) -> Parameters {
        let request = exchange.request
        let options = exchange.azure.options
        guard request.method == "POST" else { throw .onlyPost(request.method) }
        try checkTenant(of: exchange)
        let isForm = (request.header("Content-Type") ?? "").lowercased().hasPrefix("application/x-www-form-urlencoded")
        let form = Parameters(encoded: isForm ? String(decoding: request.body, as: UTF8.self) : "")
        guard let grant = form["grant_type"], !grant.isEmpty else { throw .missing("grant_type") }
        guard grant == "client_credentials" else { throw .grantType(grant) }
        guard let client = form["client_id"], !client.isEmpty else { throw .missing("client_id") }
        guard client.lowercased() == options.clientID.lowercased() else { throw .client(client, options.tenantID) }
        guard let secret = form["client_secret"], !secret.isEmpty else { throw .noCredential }
        guard secret == options.clientSecret else { throw .secret(client) }
        return form
    }

    /// Refuses a tenant other than the simulator's.
    static func checkTenant(of exchange: Exchange) throws(TokenError) {
        let tenant = exchange.captures[0]
        guard tenant.lowercased() == exchange.azure.options.tenantID.lowercased() else { throw .tenant(tenant) }
    }

    private static func audienceOfScope(_ form: Parameters, _ request: ServedRequest) throws(TokenError) -> String {
        guard let scope = form["scope"], !scope.isEmpty else { throw .missing("scope") }
        let suffix = "/.default"
        guard scope.hasSuffix(suffix), !scope.contains(" ") else { throw .scope(scope) }
        let audience = String(scope.dropLast(suffix.count))
        guard Audience(audience, calledAs: request) != nil else { throw .resource(audience) }
        return audience
    }

    private static func audienceOfResource(_ form: Parameters, _ request: ServedRequest) throws(TokenError) -> String {
        guard let resource = form["resource"], !resource.isEmpty else { throw .missing("resource") }
        guard Audience(resource, calledAs: request) != nil else { throw .resource(resource) }
        return resource
    }
}
