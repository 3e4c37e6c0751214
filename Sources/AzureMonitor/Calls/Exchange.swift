import HTTPTransport
import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// Sends a request to Azure, again where that may help, and learns the time from every answer.
struct Exchange: Sendable {
    let client: any HTTPClient
    let clock: any AgentClock
    let azureTime: AzureTime
    let lanes: QuotaLanes
    var retry: RetryPolicy
    /// In 0 ..< 1.
    let random: @Sendable () -> Double

    /// The last answer, of whatever status.
    struct Reply: Sendable {
        var api: AzureAPI
        var response: HTTPResponse
        var host: String
        var requestIDs: AzureError.RequestIDs
        /// As the answer has it.
        var retryAfter: Duration?
        /// How often it was asked.
        var tries = 1
        /// Why the body, which is empty then, could not be read.
        var bodyProblem: String?

        /// Whether it was one call too many.
        var isThrottled: Bool { [429, 529].contains(response.status) && !hasTooManySeries }

        /// Whether Azure says, with whatever status, that the question is about more series than it looks through.
        var hasTooManySeries: Bool {
            response.body.withUnsafeBytes {
                Self.namesTooManySeries(UnsafeRawBufferPointer(rebasing: $0.prefix(8192)))
            }
        }

        /// Whether `words` speak of Azure's limit of series in one question.
        /// Each answer is looked at: the standard library's search would take as long as all other work on it together.
        static func namesTooManySeries(_ words: UnsafeRawBufferPointer) -> Bool {
            let wanted: StaticString = "more than 500000 time series"
            let (first, length) = (Int32(wanted.utf8Start[0]), wanted.utf8CodeUnitCount)
            var offset = 0
            while offset + length <= words.count, let start = words.baseAddress,
                let place = memchr(start + offset, first, words.count - length + 1 - offset)
            {
                if memcmp(place, wanted.utf8Start, length) == 0 { return true }
                offset = start.distance(to: UnsafeRawPointer(place)) + 1
            }
            return false
        }
    }

    /// Sends what `makeRequest` makes, anew for every try, each in its turn.
    /// - Parameters:
    ///   - key: The quota that a try uses.
    ///   - about: The resource asked about, for errors.
    /// - Throws: When there was no answer at all, or `makeRequest` threw.
    func send(
        _ key: QuotaLanes.Key, about resource: ResourceID?, makeRequest: () async throws(AzureError) -> HTTPRequest
    ) async throws(AzureError) -> Reply {
        let start = clock.monotonicNow
        let deadline = start + retry.deadline
        var last: Outcome?
        var attempt = 0
        while true {
            let ticket: QuotaLanes.Ticket
            do throws(QuotaLanes.Refusal) {
                ticket = try await lanes.enter(key, before: deadline)
            } catch {
                // What Azure has said itself tells more than that there is no time for another try.
                if case .wait = error, let last { return try last.reply(tries: attempt) }
                throw AzureError(error, key: key, about: resource)
            }
            attempt += 1
            let request: HTTPRequest
            do throws(AzureError) {
                request = try await makeRequest()
            } catch {
                await lanes.giveBack(ticket)
                throw error
            }
            let outcome = try await send(once: request, ticket, about: resource)
            last = outcome
            let wait = retry.wait(
                after: outcome.forPolicy, attempt: attempt, elapsed: clock.monotonicNow - start, random: random())
            guard let wait else { return try outcome.reply(tries: attempt) }
            // Its lane is closed then, for all alike: there the next try waits.
            if outcome.isThrottled { continue }
            do { try await clock.sleep(for: wait) } catch { throw .cancelled(host: outcome.host, resource: resource) }
        }
    }

    private enum Outcome {
        case reply(Reply)
        case failure(HTTPError, AzureError)

        var forPolicy: RetryPolicy.Outcome {
            switch self {
            // A question that is too wide stays that, whatever status says so.
            case .reply(let reply) where reply.hasTooManySeries: .answered(status: 400, retryAfter: nil)
            case .reply(let reply): .answered(status: reply.response.status, retryAfter: reply.retryAfter)
            case .failure(let error, _): .failed(error.code)
            }
        }

        var isThrottled: Bool {
            if case .reply(let reply) = self { reply.isThrottled } else { false }
        }

        var host: String {
            switch self {
            case .reply(let reply): reply.host
            case .failure(_, let error): error.host
            }
        }

        func reply(tries: Int) throws(AzureError) -> Reply {
            switch self {
            case .reply(var reply):
                reply.tries = tries
                return reply
            case .failure(_, var error):
                if tries > 1 { error.message += " This was try \(tries)." }
                throw error
            }
        }
    }

    private func send(
        once request: HTTPRequest, _ ticket: QuotaLanes.Ticket, about resource: ResourceID?
    ) async throws(AzureError) -> Outcome {
        let host = BaseURL.authority(of: request.url)
        var requestIDs = AzureError.RequestIDs(client: RequestID.make())
        var request = request
        request.headers.append(("x-ms-client-request-id", requestIDs.client ?? ""))
        request.headers.append(("Accept", "application/json"))
        let api = ticket.key.api
        do throws(HTTPError) {
            let response = try await client.send(request)
            // A page is not Azure's, and whose clock it carries nobody knows.
            if let date = response.headers.date, !response.isPage { azureTime.observe(date: date, host: host) }
            let reply = reply(response, api, host: host, requestIDs: requestIDs)
            await learn(from: reply, ticket)
            return .reply(reply)
        } catch {
            // A refusal needs no body to be one, and to be asked again or not.
            if let refusal = error.refusal {
                var reply = reply(refusal, api, host: host, requestIDs: requestIDs)
                reply.bodyProblem = error.reason.singleLine(limit: 300)
                await learn(from: reply, ticket)
                return .reply(reply)
            }
            requestIDs.readService(error.headers)
            var failure = AzureError(error, host: host, resource: resource, requestIDs: requestIDs)
            failure.api = api
            return .failure(error, failure)
        }
    }

    private func learn(from reply: Reply, _ ticket: QuotaLanes.Ticket) async {
        await lanes.answered(
            ticket, isThrottled: reply.isThrottled, headers: reply.response.headers, retryAfter: reply.retryAfter)
    }

    private func reply(
        _ response: HTTPResponse, _ api: AzureAPI, host: String, requestIDs: AzureError.RequestIDs
    ) -> Reply {
        var requestIDs = requestIDs
        requestIDs.readService(response.headers)
        let retryAfter = RetryAfter.wait(in: response.headers, now: azureTime.nowByAnswers)
        return Reply(api: api, response: response, host: host, requestIDs: requestIDs, retryAfter: retryAfter)
    }
}

extension HTTPError {
    /// The answer that came without its body, where its status is no success and nobody here ended it.
    fileprivate var refusal: HTTPResponse? {
        guard let status, !(200..<300).contains(status), code != .cancelled else { return nil }
        return HTTPResponse(status: status, headers: headers)
    }
}

extension AzureError.RequestIDs {
    /// Takes over what the service calls the request.
    fileprivate mutating func readService(_ headers: HTTPHeaders) {
        service = headers["x-ms-request-id"]?.singleLine(limit: 64)
        correlation = headers["x-ms-correlation-request-id"]?.singleLine(limit: 64)
    }
}
