import HTTPServer
import MetricModel

/// The words in which a service says that it does not answer now.
enum Refusals {
    private struct Words {
        /// Azure Resource Manager's code.
        let code: String
        /// OAuth's word and Entra's number.
        let entra: (error: String, number: Int64)
        let message: String
    }

    private static let table: [Int: Words] = [
        400: Words(
            code: "BadRequest", entra: ("invalid_request", 90014), message: "The request is not understood."),
        401: Words(
            code: "AuthenticationFailed", entra: ("invalid_client", 7_000_215), message: "Authentication failed."),
        403: Words(
            code: "AuthorizationFailed", entra: ("unauthorized_client", 700_016),
            message: "The client does not have authorization to perform the action, or the scope is invalid."),
        404: Words(code: "NotFound", entra: ("invalid_request", 90002), message: "What was asked for was not found."),
        408: Words(
            code: "RequestTimeout", entra: ("temporarily_unavailable", 90033),
            message: "The request did not arrive in time."),
        429: Words(
            code: "TooManyRequests", entra: ("temporarily_unavailable", 90055),
            message: "There are too many requests; try again later."),
        500: Words(
            code: "InternalServerError", entra: ("server_error", 90006),
            message: "The server met an unexpected condition."),
        501: Words(
            code: "NotImplemented", entra: ("server_error", 90006), message: "The server does not support this."),
        502: Words(
            code: "BadGateway", entra: ("server_error", 90006), message: "A server behind this one did not answer."),
        503: Words(
            code: "ServerUnavailable", entra: ("temporarily_unavailable", 90033),
            message: "The service is temporarily unavailable."),
        504: Words(
            code: "GatewayTimeout", entra: ("temporarily_unavailable", 90033),
            message: "A server behind this one did not answer in time."),
        529: Words(
            code: "ServerOverloaded", entra: ("temporarily_unavailable", 90033),
            message: "The service is overloaded; try again later."),
    ]

    /// Those that have words of their own.
    static let statuses: [Int] = table.keys.sorted()

    /// The refusal of `service`; for `retryAfter` see ``Fault/Effect/refusal(status:retryAfter:)``.
    static func response(
        status: Int, retryAfter: String?, from service: Site.Service?, at now: Timestamp, seed: UInt64
    ) -> ServedResponse {
        let words =
            table[status]
            ?? Words(code: "SimulatedFault", entra: ("server_error", 90006), message: "A fault was asked for.")
        var response =
            service == .login
            ? TokenError(
                status: status, error: words.entra.error, code: words.entra.number, message: words.message
            ).response(at: now, seed: seed)
            : AzureError.manager(status, words.code, words.message).response
        if let retryAfter { response.headers.append(("Retry-After", header(retryAfter, at: now))) }
        return response
    }

    private static func header(_ retryAfter: String, at now: Timestamp) -> String {
        let mark = "date:"
        guard retryAfter.hasPrefix(mark), let seconds = Int32(retryAfter.dropFirst(mark.count)) else {
            return retryAfter
        }
        return httpDate(now + .seconds(Int64(seconds)))
    }
}
