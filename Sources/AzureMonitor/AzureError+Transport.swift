import HTTPTransport
import MetricModel

extension AzureError {
    /// The task that asked was cancelled.
    static func cancelled(host: String, resource: ResourceID?) -> AzureError {
        AzureError(.cancelled, host: host, resource: resource, message: "The call was cancelled.", remedy: "")
    }

    /// The call did not come to its turn.
    init(_ refusal: QuotaLanes.Refusal, key: QuotaLanes.Key, about resource: ResourceID?) {
        switch refusal {
        case .cancelled: self = .cancelled(host: key.host, resource: resource)
        case .wait(let wait):
            self.init(
                .throttled, host: key.host, resource: resource,
                message:
                    "The question was not asked: the quota of calls lets it through in \(max(1, wait.components.seconds)) s only, "
                    + "which is too late.",
                remedy: "Nothing to do unless it lasts; then ask for fewer metrics, or less often.", retryAfter: wait)
            isUnsent = true
        }
        api = key.api
    }

    /// There was no whole answer.
    init(_ error: HTTPError, host: String, resource: ResourceID?, requestIDs: RequestIDs) {
        let (code, what, remedy) = Self.meaning(of: error.code)
        self.init(
            code, host: host, resource: resource, status: error.status,
            message: "\(what): \(error.reason.singleLine(limit: 300)).",
            remedy: remedy, requestIDs: requestIDs)
    }

    private static func meaning(of code: HTTPError.Code) -> (Code, what: String, remedy: String) {
        switch code {
        case .cancelled: (.cancelled, "The call was cancelled", "")
        case .unresolved:
            (.unreachable, "The host's name could not be resolved", "Check the endpoint's name, DNS and the network.")
        case .unreachable:
            (.unreachable, "The host could not be reached", "Check the network, the firewall and the proxy settings.")
        case .tls:
            (
                .tls, "No trusted connection came about",
                "Check the server's certificate, the trusted certificates of this machine (SSL_CERT_FILE adds a CA) and "
                    + "its clock."
            )
        case .timedOut:
            (
                .timedOut, "There was no whole answer in time",
                "Check the network; if only large answers fail, ask for less."
            )
        case .interrupted:
            (
                .unreachable, "The connection broke",
                "Nothing to do unless it lasts; then check the network and the proxy."
            )
        case .damagedBody:
            (
                .malformedAnswer, "The answer could not be decompressed",
                "Nothing to do unless it lasts; then check the proxy."
            )
        case .bodyTooLarge:
            (
                .bodyTooLarge, "The answer is too large",
                "Ask for fewer series: a narrower dimension filter or a lower limit."
            )
        case .badRequest: (.badRequest, "The request could not be sent", "Check the endpoint and the TLS settings.")
        }
    }
}
