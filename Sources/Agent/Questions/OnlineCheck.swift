import AzureMonitor
import Declaration
import HTTPTransport
import MetricModel
import Planning

/// Something in a declaration that Azure does not have, or that Azure did not let us see.
public struct OnlineFinding: Hashable, Sendable {
    /// An error when nothing comes of the metric, a warning when something else is done than was declared.
    public var severity: Diagnostic.Severity
    /// In the metrics declaration; `nil` when the finding is about Azure as a whole.
    public var mark: SourceMark?
    /// Whether the identity is to blame, which the runtime configuration names.
    public var isAboutIdentity = false
    /// What is wrong, without a full stop.
    public var message: String
    /// What to write or do instead.
    public var fix: String?
}

/// Compares a declaration with what its resources offer.
public struct OnlineCheck: Sendable {
    /// Azure answers 400 such questions in five minutes; others need some too.
    public static let maximumResources = 300

    private let declaration: MetricsDeclaration
    private let sumsAs: SumForm
    private let client: AzureMonitorClient
    private let limiter = CallLimiter(limit: CallConcurrency.limit)

    /// A check of the declaration that `access` is about.
    public init(_ access: AzureAccess, client http: any HTTPClient, clock: any AgentClock) {
        declaration = access.declaration
        sumsAs = access.sumsAs
        client = access.client(http, clock: clock).0
    }

    /// Asks every resource what it offers, some at once, and compares.
    /// - Throws: `CancellationError` only.
    public func run() async throws -> [OnlineFinding] {
        var resources: [ResourceID] = []
        var seen: Set<ResourceID> = []
        for resource in declaration.metrics.flatMap(\.resources).map(\.resource.id)
        where seen.insert(resource).inserted {
            resources.append(resource)
        }
        var comparison = OnlineComparison(declaration, sumsAs: sumsAs)
        // The first answer tells whether Azure can be asked at all.
        guard let first = resources.first else { return [] }
        try await take([first], into: &comparison)
        if comparison.outage == nil {
            try await take(Array(resources.dropFirst().prefix(Self.maximumResources - 1)), into: &comparison)
        }
        return comparison.findings(resourceCount: resources.count)
    }

    private func take(_ resources: [ResourceID], into comparison: inout OnlineComparison) async throws {
        let isOut = Lock(false)
        let answers = try await withThrowingTaskGroup(
            of: (ResourceID, Result<MetricDefinitions, AzureError>?).self
        ) { group in
            for resource in resources {
                group.addTask {
                    let answer = try await limiter.run { () -> Result<MetricDefinitions, AzureError>? in
                        // What hits one hits all: the rest is not asked.
                        if isOut.withLock({ $0 }) { return nil }
                        let answer = await definitions(of: resource)
                        if case .failure(let error) = answer, error.isOutage { isOut.withLock { $0 = true } }
                        return answer
                    }
                    return (resource, answer)
                }
            }
            var answers: [ResourceID: Result<MetricDefinitions, AzureError>] = [:]
            for try await (resource, answer) in group { answers[resource] = answer }
            return answers
        }
        for resource in resources {
            if let answer = answers[resource] { comparison.add(answer, of: resource) }
        }
    }

    private func definitions(of resource: ResourceID) async -> Result<MetricDefinitions, AzureError> {
        do throws(AzureError) {
            return .success(try await client.metricDefinitions(of: resource))
        } catch {
            return .failure(error)
        }
    }
}

extension AzureError {
    /// What hits every question alike.
    var isOutage: Bool { ![.notFound, .forbidden, .badRequest, .bodyTooLarge, .malformedAnswer].contains(code) }
}
