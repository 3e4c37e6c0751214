import HTTPTransport
import MetricModel

/// Sends a request to Azure, again where that may help, and learns the time from every answer.
struct Exchange: Sendable {
    let client: any HTTPClient
    let clock: any AgentClock
    let azureTime: AzureTime
    var retry: RetryPolicy
    /// In 0 ..< 1.
    let random: @Sendable () -> Double

    /// The last answer, of whatever status.
    struct Reply: Sendable {
        var response: HTTPResponse
        var host: String
        var requestIDs: AzureError.RequestIDs
        /// As the answer has it.
        var retryAfter: Duration?
        /// How often it was asked.
        var tries = 1
        /// Why the body, which is empty then, could not be read.
        var bodyProblem: String?
    }

    /// Sends what `makeRequest` makes, anew for every try.
    /// - Parameter about: The resource asked about, for errors.
    /// - Throws: When there was no answer at all, or `makeRequest` threw.
    func send(
        about resource: ResourceID?, makeRequest: () async throws(AzureError) -> HTTPRequest
    ) async throws(AzureError) -> Reply {
        let start = clock.monotonicNow
        var attempt = 0
        while true {
            attempt += 1
            let outcome = try await send(once: makeRequest(), about: resource)
            let wait = retry.wait(
                after: outcome.forPolicy, attempt: attempt, elapsed: clock.monotonicNow - start, random: random())
            guard let wait else { return try outcome.reply(tries: attempt) }
            do { try await clock.sleep(for: wait) } catch { throw .cancelled(host: outcome.host, resource: resource) }
        }
    }

    private enum Outcome {
        case reply(Reply)
        case failure(HTTPError, AzureError)

        var forPolicy: RetryPolicy.Outcome {
            switch self {
            case .reply(let reply): .answered(status: reply.response.status, retryAfter: reply.retryAfter)
            case .failure(let error, _): .failed(error.code)
            }
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

    private func send(once request: HTTPRequest, about resource: ResourceID?) async throws(AzureError) -> Outcome {
        let host = BaseURL.authority(of: request.url)
        var requestIDs = AzureError.RequestIDs(client: RequestID.make())
        var request = request
        request.headers.append(("x-ms-client-request-id", requestIDs.client ?? ""))
        request.headers.append(("Accept", "application/json"))
        do throws(HTTPError) {
            let response = try await client.send(request)
            // A page is not Azure's, and whose clock it carries nobody knows.
            if let date = response.headers.date, !response.isPage { azureTime.observe(date: date, host: host) }
            return .reply(reply(response, host: host, requestIDs: requestIDs))
        } catch {
            // A refusal needs no body to be one, and to be asked again or not.
            if let refusal = error.refusal {
                var reply = reply(refusal, host: host, requestIDs: requestIDs)
                reply.bodyProblem = error.reason.singleLine(limit: 300)
                return .reply(reply)
            }
            requestIDs.readService(error.headers)
            return .failure(error, AzureError(error, host: host, resource: resource, requestIDs: requestIDs))
        }
    }

    private func reply(_ response: HTTPResponse, host: String, requestIDs: AzureError.RequestIDs) -> Reply {
        var requestIDs = requestIDs
        requestIDs.readService(response.headers)
        let retryAfter = RetryAfter.wait(in: response.headers, now: azureTime.now)
        return Reply(response: response, host: host, requestIDs: requestIDs, retryAfter: retryAfter)
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
