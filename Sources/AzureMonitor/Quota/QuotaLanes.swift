import HTTPTransport
import MetricModel

/// The quotas of one identity. Every call to Azure passes through the lane of its quota and waits there for its turn,
/// first come, first served.
///
/// A refusal for too many calls closes its whole lane. Who would have to wait longer than it can is told so at once, and
/// nothing is sent. Once a call has gone out it holds nothing: a stuck one is in nobody's way.
public actor QuotaLanes {
    /// What shares a quota.
    public struct Key: Hashable, Sendable {
        public let api: AzureAPI
        /// In lower case; `nil` = the tenant's quota.
        public let subscriptionID: String?
        /// In lower case, with a port where it is not the usual one.
        public let host: String

        /// The lane of calls to `host`.
        public init(_ api: AzureAPI, subscriptionID: String? = nil, host: String) {
            self.api = api
            self.subscriptionID = subscriptionID?.lowercased()
            self.host = host.lowercased()
        }
    }

    /// A lane as it is now, for people.
    public struct Snapshot: Sendable {
        public var key: Key
        /// Calls at once; `nil` = no limit.
        public var capacity: Double?
        /// Calls a second in the long run; `nil` = no limit.
        public var refill: Double?
        /// Calls that may go now, where the lane is open; `nil` = no limit.
        public var tokens: Double?
        /// How long the lane stays closed; zero = it is open.
        public var closedFor: Duration
        /// Calls that wait.
        public var waiting: Int
        /// Calls that went out, and those of them that were refused as too many.
        public var calls: Int64
        public var throttled: Int64
    }

    /// What a call gets that may go.
    struct Ticket: Sendable {
        let key: Key
        /// How often the lane had been closed before.
        fileprivate let closings: Int
    }

    /// Why a call may not go.
    enum Refusal: Error {
        case cancelled
        /// It would have to wait so long.
        case wait(Duration)
    }

    private struct Lane {
        var bucket: TokenBucket
        var adaptive: AdaptiveRate?
        var queue: [(id: UInt64, turn: WaitList)] = []
        var closings = 0
        /// Closings since the last good answer.
        var setbacks = 0
        var calls: Int64 = 0
        var throttled: Int64 = 0
    }

    /// The longest that a lane is closed when Azure does not say for how long; it begins with a second.
    static let longestBackoff = Duration.seconds(60)

    private let clock: any AgentClock
    private let random: @Sendable () -> Double
    private let limit: @Sendable (AzureAPI) -> QuotaLimit
    private var lanes: [Key: Lane] = [:]
    private var nextID: UInt64 = 0

    /// Lanes that begin with full buckets.
    /// - Parameters:
    ///   - limit: Of each lane of an interface.
    ///   - random: In 0 ..< 1, so that not everybody comes back in the same moment.
    public init(
        clock: any AgentClock, limit: @escaping @Sendable (AzureAPI) -> QuotaLimit = QuotaLimit.documented,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.clock = clock
        self.limit = limit
        self.random = random
    }

    /// All lanes that were used, in a steady order.
    public func snapshot() -> [Snapshot] {
        let now = clock.monotonicNow
        func name(_ key: Key) -> [String] { [key.api.rawValue, key.host, key.subscriptionID ?? ""] }
        return lanes.sorted { name($0.key).lexicographicallyPrecedes(name($1.key)) }.map { key, lane in
            let isLimited = lane.bucket.capacity.isFinite
            return Snapshot(
                key: key, capacity: isLimited ? lane.bucket.capacity : nil,
                refill: isLimited ? lane.bucket.refill : nil, tokens: isLimited ? lane.bucket.tokens(at: now) : nil,
                closedFor: max(.zero, lane.bucket.closedUntil - now),
                waiting: lane.queue.count, calls: lane.calls, throttled: lane.throttled)
        }
    }

    /// Returns when a call may go, which it then must, or be given back.
    /// - Parameter deadline: On the monotonic clock. Who cannot go before that is refused at once.
    func enter(_ key: Key, before deadline: Duration) async throws(Refusal) -> Ticket {
        nextID += 1
        let id = nextID
        let turn = WaitList()
        lanes[key, default: lane(of: key)].queue.append((id, turn))
        defer { leave(key, id) }
        while !Task.isCancelled {
            let now = clock.monotonicNow
            guard let lane = lanes[key], let place = lane.queue.lastIndex(where: { $0.id == id }) else { break }
            let wait = lane.bucket.wait(for: place + 1, at: now)
            if wait > .zero, now + wait >= deadline { throw .wait(wait) }
            if place > 0 {
                await turn.wait()
            } else if wait > .zero {
                try? await clock.sleep(untilMonotonic: now + wait)
            } else {
                lanes[key]?.bucket.take(at: now)
                lanes[key]?.adaptive?.send(at: now)
                lanes[key]?.calls += 1
                return Ticket(key: key, closings: lane.closings)
            }
        }
        throw .cancelled
    }

    /// The call did not go after all.
    func giveBack(_ ticket: Ticket) {
        lanes[ticket.key]?.bucket.giveBack()
        lanes[ticket.key]?.calls -= 1
    }

    /// Learns from the answer to a call.
    /// - Parameters:
    ///   - isThrottled: Whether it was refused as one call too many.
    ///   - retryAfter: How long Azure wants not to be asked again, if it said so.
    func answered(_ ticket: Ticket, isThrottled: Bool, headers: HTTPHeaders, retryAfter: Duration?) {
        let now = clock.monotonicNow
        guard var lane = lanes[ticket.key] else { return }
        let quota = RemainingQuota(headers)
        if let calls = quota.calls { lane.bucket.limit(toRemaining: calls, at: now) }
        if isThrottled {
            lane.throttled += 1
            // Calls that were under way when the lane was closed say nothing new.
            let isNews = ticket.closings == lane.closings
            if isNews {
                lane.setbacks += 1
                lane.closings += 1
                lane.adaptive?.refuse(at: now)
                if let rate = lane.adaptive?.rate { lane.bucket.setRate(rate, at: now) }
            }
            if isNews || retryAfter != nil {
                lane.bucket.close(until: now + closing(after: lane.setbacks, retryAfter: retryAfter))
            }
        } else {
            if ticket.closings == lane.closings { lane.setbacks = 0 }
            if lane.adaptive?.accept(at: now) == true, let rate = lane.adaptive?.rate {
                lane.bucket.setRate(rate, at: now)
            }
            if let calls = quota.calls, calls <= 0, let reset = quota.resetsAfter {
                lane.bucket.close(until: now + reset + .seconds(1) * random())
            }
        }
        let isClosed = lane.bucket.closedUntil > now
        lanes[ticket.key] = lane
        // Who cannot wait so long learns it now.
        if isClosed { for waiter in lane.queue { waiter.turn.resumeAll() } }
    }

    private func lane(of key: Key) -> Lane {
        let now = clock.monotonicNow
        let limit = limit(key.api)
        return Lane(
            bucket: TokenBucket(limit, at: now),
            adaptive: limit.isAdaptive ? AdaptiveRate(ceiling: limit.refill, at: now) : nil)
    }

    private func leave(_ key: Key, _ id: UInt64) {
        guard let place = lanes[key]?.queue.firstIndex(where: { $0.id == id }) else { return }
        lanes[key]?.queue.remove(at: place)
        if place == 0 { lanes[key]?.queue.first?.turn.resumeAll() }
    }

    /// As long as Azure wants and up to a second more; or 1, 2, 4 … 60 s, of which up to half is left to chance.
    private func closing(after setbacks: Int, retryAfter: Duration?) -> Duration {
        if let retryAfter { return retryAfter + .seconds(1) * random() }
        let backoff = min(Self.longestBackoff, .seconds(1 << min(max(setbacks, 1) - 1, 10)))
        return backoff * (0.5 + random() / 2)
    }
}
