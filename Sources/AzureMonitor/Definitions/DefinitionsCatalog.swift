import MetricModel

/// The metrics of each resource type, asked of Azure once a day.
///
/// Azure lets a subscription read 400 definitions in five minutes, so one resource speaks for its type. Where that one
/// does not list a metric, a few resources that should have it are asked for their own before anything is judged: they
/// may be of another size or tier. What was read is renewed by ``run()``, and stays in use until that has succeeded. It
/// outlives the program where it is kept: a restart asks for no type that was read on the same day.
public actor DefinitionsCatalog {
    /// Resources whose definitions are the same but for their tier.
    public struct Key: Hashable, Sendable {
        /// In lower case: `microsoft.storage/storageaccounts`.
        public let type: String
        /// In lower case; `nil` = the namespace of the type.
        public let namespace: String?

        /// Both in any case.
        init(type: String, namespace: String?) {
            self.type = type.lowercased()
            self.namespace = namespace?.lowercased()
        }

        /// The key of `resource` and others of its type.
        public init(of resource: ResourceID, namespace: String? = nil) {
            self.init(type: resource.type, namespace: namespace)
        }
    }

    /// A metric of a resource that somebody is about to ask for.
    public struct Wanted: Hashable, Sendable {
        public let metric: String
        public let resource: ResourceID

        /// `metric` of `resource`.
        public init(metric: String, of resource: ResourceID) {
            self.metric = metric
            self.resource = resource
        }
    }

    /// Asks Azure. The flag says that nobody waits for the answer.
    public typealias Fetch =
        @Sendable (
            _ resource: ResourceID, _ namespace: String?, _ isInBackground: Bool
        ) async -> Result<MetricDefinitions, AzureError>

    /// Keeps what was read of a type for the next start.
    public typealias Keep = @Sendable (_ read: StoredDefinitions) async -> Void

    /// How long definitions are good for.
    static let lifetime = Duration.seconds(86_400)
    /// How many resources are tried for a type, and for a metric that their type does not list.
    public static let maximumSamples = 3
    /// More types than this are no estate: the oldest is forgotten.
    static let maximumTypes = 1000

    private struct Entry {
        /// `nil` as long as nothing could be read.
        var known: KnownMetrics?
        /// Whose definitions make up `known`.
        var sources: [ResourceID] = []
        /// Who may speak for the type.
        var candidates: [ResourceID]
        /// Those of `sources` who spoke before this start: they may have changed since.
        var earlier: Set<ResourceID> = []
        /// Who was asked for a metric that the type does not list, by the metric's name in lower case.
        var asked: [String: Set<ResourceID>] = [:]
        var failure: AzureError?
        var setbacks = 0
        /// When `known` was read first, by the system's clock.
        var readAt: Timestamp?
        /// On the monotonic clock.
        var nextTry: Duration
    }

    private let fetch: Fetch
    private let keep: Keep
    private let clock: any AgentClock
    private var entries: [Key: Entry] = [:]
    private var busy: [Key: WaitList] = [:]
    /// Rises whenever something else is known than before.
    public private(set) var generation = 0

    /// A catalog that knows what was kept within a day.
    /// - Parameter keep: Gets what is new about a type.
    public init(
        clock: any AgentClock, stored: [StoredDefinitions] = [], keep: @escaping Keep = { _ in }, fetch: @escaping Fetch
    ) {
        self.clock = clock
        self.keep = keep
        self.fetch = fetch
        for item in stored.prefix(Self.maximumTypes) {
            guard let age = item.age(at: clock.systemNow) else { continue }
            entries[item.key] = Entry(
                known: item.known, sources: item.sources, candidates: [], earlier: Set(item.sources),
                readAt: item.readAt,
                nextTry: clock.monotonicNow + Self.lifetime - age)
        }
    }

    /// What is known of a type; `nil` when nothing could be read so far.
    public func known(_ key: Key) -> KnownMetrics? { entries[key]?.known }

    /// Why the last attempt to read it failed; `nil` when it did not, or there was none.
    public func failure(of key: Key) -> AzureError? { entries[key]?.failure }

    /// Reads what is needed to judge `wanted`, all of the type of `key`, as far as it was not read or tried before.
    ///
    /// Who asks for a type that is being read waits for that reading.
    public func prepare(_ key: Key, for wanted: [Wanted]) async {
        while let other = busy[key] {
            await other.wait()
            if Task.isCancelled { return }
        }
        let waiting = WaitList()
        busy[key] = waiting
        defer {
            busy[key] = nil
            waiting.resumeAll()
        }
        let before = entries[key]?.known
        if entries[key] == nil { await readFirst(key, candidates: wanted.map(\.resource)) }
        // Of what was kept nobody knows who else may speak.
        if entries[key]?.candidates.isEmpty == true {
            entries[key]?.candidates = Self.candidates(wanted.map(\.resource))
        }
        for item in wanted { await readOwn(item, of: key) }
        if entries[key]?.known != before { await keepRead(key) }
    }

    /// Renews what is a day old, and tries again what failed after 1, 2, 4 … 60 minutes, until cancelled.
    public func run() async throws {
        while true {
            try await clock.sleep(for: .seconds(60))
            // Without candidates it is of the last run, and nobody has asked for it since.
            let due = entries.filter { $0.value.nextTry <= clock.monotonicNow && !$0.value.candidates.isEmpty }
            for key in due.keys where busy[key] == nil {
                try Task.checkCancellation()
                await renew(key)
            }
        }
    }

    private func readFirst(_ key: Key, candidates: [ResourceID]) async {
        let distinct = Self.candidates(candidates)
        guard let answer = await answers(of: distinct, key: key, isInBackground: false, enough: 1) else { return }
        makeRoom()
        entries[key] = Entry(candidates: distinct, nextTry: .zero)
        take(answer, key)
    }

    /// The first few of `resources`, each once.
    private static func candidates(_ resources: [ResourceID]) -> [ResourceID] {
        var distinct: [ResourceID] = []
        for resource in resources where distinct.count < maximumSamples && !distinct.contains(resource) {
            distinct.append(resource)
        }
        return distinct
    }

    private func keepRead(_ key: Key) async {
        guard let entry = entries[key], let known = entry.known, !known.names.isEmpty, let readAt = entry.readAt else {
            return
        }
        await keep(StoredDefinitions(key: key, readAt: readAt, known: known, sources: entry.sources))
    }

    private func renew(_ key: Key) async {
        guard let entry = entries[key] else { return }
        // A source that is gone is replaced by another of the type.
        let others = entry.candidates.filter { !entry.sources.contains($0) }
        let answer = await answers(
            of: entry.sources + others, key: key, isInBackground: true, enough: max(1, entry.sources.count))
        // Who is about to ask does not wait for this reading. When somebody learned more meanwhile, the next look asks all.
        guard let answer, entries[key]?.known == entry.known else { return }
        // What a tier lacked it may have got: the few who were asked for it may be asked again.
        if !answer.sources.isEmpty { entries[key]?.asked = [:] }
        take(answer, key)
        if !answer.sources.isEmpty { await keepRead(key) }
    }

    private struct Answers {
        var known = KnownMetrics()
        var sources: [ResourceID] = []
        var failure: AzureError?
    }

    /// Asks `resources` one after the other until `enough` have answered; `nil` when cancelled.
    private func answers(
        of resources: [ResourceID], key: Key, isInBackground: Bool, enough: Int
    ) async -> Answers? {
        var answers = Answers()
        for resource in resources where answers.sources.count < enough {
            switch await fetch(resource, key.namespace, isInBackground) {
            case .success(let definitions):
                answers.known.add(definitions)
                answers.sources.append(resource)
            case .failure(let error):
                if error.code == .cancelled { return nil }
                answers.failure = error
                // What surely hits all is not asked of the next; anything else may be this one resource's trouble.
                if [.unauthenticated, .throttled, .tls].contains(error.code) { return answers }
            }
        }
        return answers
    }

    private func take(_ answers: Answers, _ key: Key) {
        guard var entry = entries[key] else { return }
        if answers.sources.isEmpty {
            entry.failure = answers.failure
            entry.setbacks += 1
            let wait = Duration.seconds(60 * min(60, 1 << min(entry.setbacks - 1, 6)))
            entry.nextTry = clock.monotonicNow + max(wait, answers.failure?.retryAfter ?? .zero)
        } else {
            if entry.known != answers.known { generation += 1 }
            entry.known = answers.known
            entry.sources = answers.sources
            entry.earlier = []
            entry.failure = nil
            entry.setbacks = 0
            entry.readAt = clock.systemNow
            entry.nextTry = clock.monotonicNow + Self.lifetime
        }
        entries[key] = entry
    }

    /// Asks the resource of `wanted` itself when its type does not list the metric.
    private func readOwn(_ wanted: Wanted, of key: Key) async {
        let name = wanted.metric.lowercased()
        guard let entry = entries[key], let known = entry.known, !known.contains(name),
            !entry.sources.contains(wanted.resource) || entry.earlier.contains(wanted.resource)
        else { return }
        let asked = entry.asked[name, default: []]
        guard asked.count < Self.maximumSamples, !asked.contains(wanted.resource) else { return }
        let result = await fetch(wanted.resource, key.namespace, false)
        if case .failure(let error) = result, error.code == .cancelled { return }
        entries[key]?.asked[name, default: []].insert(wanted.resource)
        guard case .success(let definitions) = result, definitions.metric(named: name) != nil else { return }
        entries[key]?.known?.add(definitions)
        entries[key]?.earlier.remove(wanted.resource)
        if entries[key]?.sources.contains(wanted.resource) == false { entries[key]?.sources.append(wanted.resource) }
        generation += 1
    }

    private func makeRoom() {
        guard entries.count >= Self.maximumTypes else { return }
        let oldest = entries.filter { busy[$0.key] == nil }.min { $0.value.nextTry < $1.value.nextTry }
        if let oldest { entries[oldest.key] = nil }
    }
}
