import HTTPServer
import MetricModel

/// A refusal of the token endpoint.
struct TokenError: Error, Sendable {
    let status: Int
    /// OAuth's word.
    let error: String
    /// Entra's number, as in `AADSTS7000215`.
    let code: Int64
    let message: String

    static func onlyPost(_ method: String) -> Self {
        Self(
            status: 400, error: "invalid_request", code: 900_561,
            message: "The endpoint only accepts POST requests. Received a \(method) request.")
    }

    /// An unknown tenant if it is a GUID or a domain, otherwise a malformed one.
    static func tenant(_ tenant: String) -> Self {
        let isGUID = tenant.split(separator: "-", omittingEmptySubsequences: false).map(\.count) == [8, 4, 4, 4, 12]
        return isGUID || tenant.contains(".")
            ? Self(
                status: 400, error: "invalid_request", code: 90002,
                message: "Tenant '\(tenant)' not found. Check that it is the right tenant ID and the right cloud.")
            : Self(
                status: 400, error: "invalid_request", code: 900_023,
                message: "Specified tenant identifier '\(tenant)' is neither a valid DNS name nor a valid GUID.")
    }

    static func missing(_ field: String) -> Self {
        Self(
            status: 400, error: "invalid_request", code: 900_144,
            message: "The request body must contain the following parameter: '\(field)'.")
    }

    static func grantType(_ grant: String) -> Self {
        Self(
            status: 400, error: "unsupported_grant_type", code: 70003,
            message: "The app requested an unsupported grant type '\(grant)'.")
    }

    static func client(_ client: String, _ tenant: String) -> Self {
        Self(
            status: 400, error: "unauthorized_client", code: 700_016,
            message: "Application with identifier '\(client)' was not found in the directory '\(tenant)'.")
    }

    static let noCredential = Self(
        status: 401, error: "invalid_client", code: 7_000_218,
        message: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")

    static func secret(_ client: String) -> Self {
        Self(
            status: 401, error: "invalid_client", code: 7_000_215,
            message: "Invalid client secret provided for app '\(client)'.")
    }

    static func scope(_ scope: String) -> Self {
        Self(
            status: 400, error: "invalid_scope", code: 70011,
            message: "The provided value for the input parameter 'scope' is not valid. The scope \(scope) is not valid."
        )
    }

    static func resource(_ audience: String) -> Self {
        Self(
            status: 400, error: "invalid_resource", code: 500_011,
            message: "The resource principal named \(audience) was not found in the tenant.")
    }

    /// The refusal on the wire.
    func response(at now: Timestamp, seed: UInt64) -> ServedResponse {
        let time = now.description.replacingTimeMark
        let trace = guid(StableHash.of(seed: seed, "trace", time, String(code)))
        let correlation = guid(StableHash.of(seed: seed, "correlation", time, String(code)))
        let body = JSONWriter.object { json in
            json.field("error", error)
            json.field(
                "error_description",
                "AADSTS\(code): \(message) Trace ID: \(trace) Correlation ID: \(correlation) Timestamp: \(time)")
            json.field("error_codes") { $0.array { $0.value(code) } }
            json.field("timestamp", time)
            json.field("trace_id", trace)
            json.field("correlation_id", correlation)
            json.field("error_uri", "https://login.microsoftonline.com/error?code=\(code)")
        }
        return .json(body, status: status)
    }
}

extension String {
    /// `2031-02-03 04:05:06Z` instead of `2031-02-03T04:05:06Z`.
    fileprivate var replacingTimeMark: String { split(separator: "T").joined(separator: " ") }
}
