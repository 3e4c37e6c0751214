import HTTPTransport
import MetricModel

extension AzureError {
    /// Azure Resource Manager's or Azure Monitor's answer that is no success.
    init(refusal reply: Exchange.Reply, about resource: ResourceID?) {
        let status = reply.response.status
        let words = ServerWords(reply.response)
        let (code, remedy) = Self.meaning(of: reply, words: words)
        self.init(
            code, host: reply.host, resource: resource, status: status,
            serviceCode: (reply.api == .resourceGraph ? words.detailCode : nil) ?? words.code,
            message: Self.sentence(status: status, words: words, bodyProblem: reply.bodyProblem)
                + (reply.tries > 1 ? " This was try \(reply.tries)." : ""),
            remedy: remedy, requestIDs: reply.requestIDs, retryAfter: reply.retryAfter)
        api = reply.api
    }

    /// One or more whole sentences.
    private static func sentence(status: Int, words: ServerWords, bodyProblem: String?) -> String {
        if let bodyProblem { return "Azure answered \(status), but why cannot be read: \(bodyProblem)." }
        if words.isPage {
            let title = words.text.isEmpty ? "without a title" : "titled '\(words.text)'"
            return "An HTML page \(title) came instead of an answer from Azure, with status \(status)."
        }
        if isForeign(status: status, words: words) {
            let said = words.text.isEmpty ? "without a word" : "'\(words.text)'"
            return "Something that is not Azure answered, with status \(status): \(said)."
        }
        let said = [words.code, words.text.isEmpty ? nil : words.text].compactMap { $0 }.joined(separator: ": ")
        if said.isEmpty { return "Azure answered \(status) without a word." }
        return "Azure answered \(status): \(said.sentence)"
    }

    private static let tooManySeriesRemedy =
        "Narrow the metric's dimensions, if this happens with one resource alone."

    /// What a single metric was refused with holds for the whole question.
    mutating func tooManySeries(in refusal: MetricError) {
        code = .tooManySeries
        message = "Azure answered: \(refusal.description.singleLine(limit: 400).sentence)"
        remedy = Self.tooManySeriesRemedy
    }

    private static let proxyRemedy =
        "Check the endpoints of the cloud and the proxy: something else answers in Azure's place."

    /// Azure explains in JSON why it refuses; another web server has no such words. Refusals of the identity do not
    /// tell: gateways in front of Azure send them bare.
    private static func isForeign(status: Int, words: ServerWords) -> Bool {
        (400...499).contains(status) && ![401, 403, 407, 408, 429].contains(status) && !words.isJSON && !words.isPage
    }

    private static func meaning(of reply: Exchange.Reply, words: ServerWords) -> (Code, remedy: String) {
        let status = reply.response.status
        if reply.hasTooManySeries { return (.tooManySeries, tooManySeriesRemedy) }
        // Who speaks is judged by what was said; where that cannot be read, the status stands.
        if reply.bodyProblem == nil, isForeign(status: status, words: words) { return (.unexpectedAnswer, proxyRemedy) }
        if words.isPage {
            let isTransient = RetryPolicy.isTransient(.answered(status: status, retryAfter: nil))
            return (isTransient ? .unavailable : .unexpectedAnswer, proxyRemedy)
        }
        switch status {
        case 200...399, 407: return (.unexpectedAnswer, proxyRemedy)
        case 401 where reply.api == .batchMetrics:
            return (
                .unauthenticated,
                "Give the identity the role Monitoring Reader on the whole subscription; without it each resource is "
                    + "asked alone."
            )
        case 401:
            return (.unauthenticated, "Check that the identity still exists and is of this subscription's tenant.")
        case 400 where reply.api == .resourceGraph, 403 where reply.api == .resourceGraph:
            return (
                status == 400 ? .badRequest : .forbidden,
                "Give the identity the role Reader or Monitoring Reader on the subscriptions whose resources are declared."
            )
        case 403:
            return (
                .forbidden,
                "Give the identity the role Monitoring Reader on the resource, its group or its subscription; "
                    + "a new role takes some minutes to work."
            )
        case 404:
            return (
                .notFound,
                "Check name, resource group and subscription; remove a deleted resource from the declaration."
            )
        case 409: return (.badRequest, "Register the resource provider Microsoft.Insights in the subscription.")
        case 429, 529:
            return (.throttled, "Nothing to do unless it lasts; then ask for fewer metrics, or less often.")
        case 408, 500, 502...528, 530...599:
            return (.unavailable, "Nothing to do unless it lasts; then see the state of Azure's services.")
        default:
            return (
                .badRequest,
                "Check the metric's name, its aggregation, interval and dimensions against what the resource offers."
            )
        }
    }
}
