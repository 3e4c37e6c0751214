import Foundation
import Gzip
import MetricModel
import OTLPReceiver
import TestServers

/// An OTLP receiver that stores what it takes, and often does not take it, answers late, or not at all.
final class FaultyCollector: Sendable {
    /// What becomes of a POST.
    private enum Answer {
        case accept
        /// Refused with this status, nothing stored.
        case status(Int)
        /// The connection is reset before or after the body, nothing stored.
        case reset(readsBody: Bool)
        /// No answer until the client gives up.
        case stall
        /// Stored, and the connection ends without an answer.
        case takeAndDrop
    }

    private static let passing: [Answer] = [
        .status(429), .status(502), .status(503), .status(504), .reset(readsBody: false), .reset(readsBody: true),
        .stall, .takeAndDrop, .takeAndDrop,
    ]
    /// Statuses after which an agent may drop data, if it counts them.
    private static let refusing: [Answer] = [.status(400), .status(404), .status(500)]

    /// POSTs that have begun and are not answered yet.
    struct Posts: Sendable {
        var begun = 0
        /// Of those, how many are stored: what a careless agent would send again after a restart, or forget.
        var stored = 0
    }

    private struct State {
        var dice: Dice
        var isCalm = false
        /// Of the agent that lives now; what one of its forerunners began is in flight no more.
        var life = 0
        var posts = Posts()
        /// When the last request that was stored was answered.
        var lastAcknowledged = Duration.zero
        var answers: [String: Int] = [:]
        var ledger = ReceivedLedger()
        var dimensions: [String: Set<String>] = [:]
        var lastStored = Timestamp(seconds: 0)
        var unansweredCount = 0
        var trouble: String?
    }

    private let server: RawServer
    private let state: Lock<State>

    /// - Parameters:
    ///   - faults: The share of POSTs that are not simply taken, 0 to 1.
    ///   - refuses: Whether 400, 404 and 500 are among the answers.
    ///   - latency: Up to so long an answer takes.
    init(seed: UInt64, faults: Double, refuses: Bool, latency: Duration) throws {
        let state = Lock(State(dice: Dice(seed: seed, stream: 1)))
        self.state = state
        let rules = Rules(faults: faults, refuses: refuses, latency: latency.secondsAsDouble)
        server = try RawServer { connection in
            while Self.serve(connection, rules, state) {}
        }
    }

    private struct Rules: Sendable {
        var faults: Double
        var refuses: Bool
        var latency: Double
    }

    var baseURL: String { "http://127.0.0.1:\(server.port)" }

    /// POSTs under way, now.
    var posts: Posts { state.withLock { $0.posts } }

    /// The agent was killed: nothing of it is under way any more.
    ///
    /// What it has not seen to be stored, or has not had a second to take note of, it may send again.
    func noteKill() {
        state.withLock { state in
            let now = SystemClock().monotonicNow
            if state.posts.stored > 0 || now - state.lastAcknowledged < .seconds(1) { state.unansweredCount += 1 }
            state.posts = Posts()
            state.life += 1
        }
    }

    /// What is stored, now.
    var ledger: ReceivedLedger { state.withLock { $0.ledger } }

    /// Points stored and conflicts so far, and when the last ones came.
    var progress: (points: Int, conflicts: Int, last: Timestamp) {
        state.withLock { ($0.ledger.pointCount, $0.ledger.conflicts.count, $0.lastStored) }
    }

    /// How often each answer was given.
    var answers: [String: Int] { state.withLock { $0.answers } }

    /// Requests that were stored, but not answered, or too late for the agent to give heed: they may come again.
    var unansweredCount: Int { state.withLock { $0.unansweredCount } }

    /// Why a request could not be read, which never happens with an honest agent.
    var trouble: String? { state.withLock { $0.trouble } }

    /// The labels that tell the series of a declared metric apart.
    func declare(_ dimensions: [String: Set<String>]) { state.withLock { $0.dimensions = dimensions } }

    /// From now on answers come at once, and nothing is refused for good: what is newer than the last kill, and so not expected
    /// yet, would be dropped and counted. The other faults stay.
    func calmDown() { state.withLock { $0.isCalm = true } }

    /// One request.
    /// - Returns: Whether the connection can serve another.
    private static func serve(_ connection: RawConnection, _ rules: Rules, _ state: Lock<State>) -> Bool {
        guard let head = connection.readRequest() else { return false }
        let begun = SystemClock().monotonicNow
        var (answer, wait, life) = state.withLock { state in
            state.posts.begun += 1
            let (answer, wait) = roll(rules, &state)
            return (answer, wait, state.life)
        }
        var hasStored = false
        defer {
            state.withLock { state in
                if state.life == life {
                    state.posts.begun -= 1
                    if hasStored { state.posts.stored -= 1 }
                }
            }
        }
        if case .reset(readsBody: false) = answer {
            connection.reset()
            return false
        }
        if header("expect", in: head) != nil { connection.write("HTTP/1.1 100 Continue\r\n\r\n") }
        guard let length = header("content-length", in: head).flatMap({ Int($0) }),
            let body = connection.read(length)
        else { return false }
        do {
            let isCompressed = header("content-encoding", in: head)?.lowercased() == "gzip"
            let bytes = isCompressed ? try Gzip.decompress(body, limit: 64 << 20) : body
            let points = try MetricsDecoder.decode(bytes).points
            state.withLock { state in
                // Who has taken a point never refuses it for good later: then what was delivered and what was dropped
                // would overlap, and no count could tell.
                if case .status(let status) = answer, [400, 404, 500].contains(status),
                    state.ledger.holdsAny(of: points, dimensions: state.dimensions)
                {
                    answer = .accept
                }
                state.answers[name(of: answer), default: 0] += 1
                switch answer {
                case .accept, .takeAndDrop:
                    let now = SystemClock().systemNow
                    state.ledger.store(points, dimensions: state.dimensions, at: now)
                    state.lastStored = now
                    state.posts.stored += 1
                    hasStored = true
                default: break
                }
            }
        } catch {
            state.withLock { $0.trouble = "\(error)" }
            answer = .status(400)
        }
        usleep(UInt32(wait * 1e6))
        let now = SystemClock().monotonicNow
        state.withLock { state in
            guard hasStored else { return }
            if case .accept = answer, now - begun < .seconds(1.5) {
                state.lastAcknowledged = now
            } else {
                state.unansweredCount += 1
            }
        }
        return finish(connection, answer)
    }

    private static func roll(_ rules: Rules, _ state: inout State) -> (Answer, wait: Double) {
        let wait = Double.random(in: 0...rules.latency, using: &state.dice)
        guard state.dice.hits(rules.faults) else { return (.accept, state.isCalm ? 0 : wait) }
        return (state.dice.choose(passing + (rules.refuses && !state.isCalm ? refusing : [])), state.isCalm ? 0 : wait)
    }

    private static func finish(_ connection: RawConnection, _ answer: Answer) -> Bool {
        switch answer {
        case .accept:
            return connection.write(
                "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n")
        case .status(let status):
            return connection.write("HTTP/1.1 \(status) Fault\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n")
        case .reset: connection.reset()
        case .stall: connection.waitForClose()
        case .takeAndDrop: connection.close()
        }
        return false
    }

    private static func name(of answer: Answer) -> String {
        switch answer {
        case .accept: "200"
        case .status(let status): "\(status)"
        case .reset: "reset"
        case .stall: "stall"
        case .takeAndDrop: "taken, no answer"
        }
    }

    private static func header(_ name: String, in head: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }
}
