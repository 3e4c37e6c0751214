/// How an agent, or one side of it, is: the names of ASP.NET's health checks, which Promitor reports.
public enum HealthStatus: String, CaseIterable, Comparable, Sendable {
    case healthy = "Healthy"
    case degraded = "Degraded"
    case unhealthy = "Unhealthy"

    public static func < (left: HealthStatus, right: HealthStatus) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// One line of a report: a question, the answer, and what follows from it.
public struct HealthEntry: Sendable {
    /// A fact beside the description, for programs.
    public enum Fact: Hashable, Sendable {
        case text(String)
        case number(Int)
    }

    public var name: String
    public var status: HealthStatus
    /// In words, with the age of what it tells of.
    public var description: String
    /// What to do; `nil` when it is healthy.
    public var remedy: String?
    public var facts: [(name: String, value: Fact)] = []
    /// How long it took to find out.
    public var duration = Duration.zero

    /// An entry without facts.
    public init(_ name: String, _ status: HealthStatus, _ description: String, remedy: String? = nil) {
        self.name = name
        self.status = status
        self.description = description
        self.remedy = remedy
    }
}

/// Everything that is asked of an agent's health.
public struct HealthReport: Sendable {
    public var entries: [HealthEntry]
    /// How long it took.
    public var totalDuration: Duration

    /// A report of `entries`; without any it is healthy, as in Promitor.
    public init(entries: [HealthEntry], totalDuration: Duration) {
        self.entries = entries
        self.totalDuration = totalDuration
    }

    /// The worst of the entries.
    public var status: HealthStatus { entries.map(\.status).max() ?? .healthy }

    /// Promitor's: whoever is not healthy is not available.
    public var httpStatus: Int { status == .healthy ? 200 : 503 }
}
