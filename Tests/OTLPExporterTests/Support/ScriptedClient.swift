import HTTPTransport
import MetricModel

/// A client that answers from a script, and keeps what it was asked.
final class ScriptedClient: HTTPClient {
    private struct State {
        var requests: [HTTPRequest] = []
        var inFlight = 0
        var mostInFlight = 0
    }

    private let state = Lock(State())
    private let answer: @Sendable (_ number: Int, _ request: HTTPRequest) -> Result<HTTPResponse, HTTPError>

    /// `answer` gets the number of the request, counted from 0.
    init(_ answer: @escaping @Sendable (_ number: Int, _ request: HTTPRequest) -> Result<HTTPResponse, HTTPError>) {
        self.answer = answer
    }

    /// Answers with these, then with 200.
    convenience init(_ answers: [Result<HTTPResponse, HTTPError>]) {
        self.init { number, _ in number < answers.count ? answers[number] : .success(HTTPResponse(status: 200)) }
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var bodies: [[UInt8]] { requests.map(\.body) }
    var mostInFlight: Int { state.withLock { $0.mostInFlight } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let number = state.withLock { state in
            state.requests.append(request)
            state.inFlight += 1
            state.mostInFlight = max(state.mostInFlight, state.inFlight)
            return state.requests.count - 1
        }
        await Task.yield()
        state.withLock { $0.inFlight -= 1 }
        return try answer(number, request).get()
    }
}

func status(_ status: Int, _ headers: [(name: String, value: String)] = [], body: [UInt8] = [])
    -> Result<HTTPResponse, HTTPError>
{
    .success(HTTPResponse(status: status, headers: HTTPHeaders(headers), body: HTTPBody(body)))
}

func failure(
    _ code: HTTPError.Code, status: Int? = nil, _ headers: [(name: String, value: String)] = []
) -> Result<HTTPResponse, HTTPError> {
    let headers = HTTPHeaders(headers)
    let error = HTTPError(
        code, endpoint: "http://c:4318", reason: "it is \(code)", status: status, headers: headers)
    return .failure(error)
}
