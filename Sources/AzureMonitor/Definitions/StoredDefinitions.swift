import MetricModel

/// What was read of a resource type, to be kept beyond the end of the program: definitions are asked for once a day, not
/// once a start.
public struct StoredDefinitions: Hashable, Sendable {
    public let key: DefinitionsCatalog.Key
    /// By the system's clock.
    public let readAt: Timestamp
    let known: KnownMetrics
    /// Whose definitions make up `known`.
    let sources: [ResourceID]

    /// `known` of `sources`.
    init(key: DefinitionsCatalog.Key, readAt: Timestamp, known: KnownMetrics, sources: [ResourceID]) {
        self.key = key
        self.readAt = readAt
        self.known = known
        self.sources = sources
    }

    /// How long ago it was read; `nil` when that is a day or more, or yet to come: a clock was wrong then.
    func age(at now: Timestamp) -> Duration? {
        let age = now - readAt
        return age >= .zero && age < DefinitionsCatalog.lifetime ? age : nil
    }

    /// Whether it is still good.
    public func isCurrent(at now: Timestamp) -> Bool { age(at: now) != nil }
}

/// The form in which they are kept: lines of fields with tabs between them. The first line has the version of the form, the
/// second read, type and namespace; `source` lines have an id, `metric` lines a name, grains in seconds, the set of
/// aggregations as a number and the primary one.
extension StoredDefinitions {
    private static let version = "1"
    /// Times beyond the year 2200 do not fit into nanoseconds once they are reckoned with.
    private static let latestSecond: Int64 = 7_258_118_400

    /// What to keep. A metric whose name would break the form is left out: it is then asked for again.
    public var bytes: [UInt8] {
        var lines = ["\(Self.version)\t\(readAt.seconds)\t\(key.type)\t\(key.namespace ?? "")"]
        lines += sources.map { "source\t\($0)" }
        lines += known.entries.values.sorted { $0.name < $1.name }.map { entry in
            let grains = entry.grains.map { "\($0.seconds)" }.joined(separator: ",")
            return "metric\t\(entry.name)\t\(grains)\t\(entry.aggregations.rawValue)\t\(entry.primary?.rawValue ?? "")"
        }
        return Array(lines.filter(Self.isOneLine).joined(separator: "\n").utf8)
    }

    /// What was kept; `nil` for anything that is not wholly as it was written.
    public init?(bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard let head = lines.first.map(Self.fields), head.count == 4, head[0] == Self.version,
            let seconds = Int64(head[1]), (0..<Self.latestSecond).contains(seconds), !head[2].isEmpty
        else { return nil }
        var sources: [ResourceID] = []
        var entries: [KnownMetrics.Entry] = []
        for line in lines.dropFirst() {
            let fields = Self.fields(line)
            if fields.count == 2, fields[0] == "source" {
                sources.append(ResourceID(fields[1]))
            } else if let entry = KnownMetrics.Entry(fields) {
                entries.append(entry)
            } else {
                return nil
            }
        }
        guard !sources.isEmpty else { return nil }
        self.init(
            key: .init(type: head[2], namespace: head[3].isEmpty ? nil : head[3]),
            readAt: Timestamp(seconds: seconds), known: KnownMetrics(entries), sources: sources)
    }

    private static func fields(_ line: Substring) -> [String] {
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }

    private static func isOneLine(_ line: String) -> Bool {
        let wanted = line.hasPrefix("metric\t") ? 4 : line.hasPrefix("source\t") ? 1 : 3
        return line.utf8.count { $0 == UInt8(ascii: "\t") } == wanted && !line.utf8.contains(UInt8(ascii: "\n"))
    }
}

extension KnownMetrics.Entry {
    fileprivate init?(_ fields: [String]) {
        guard fields.count == 5, fields[0] == "metric", !fields[1].isEmpty, let bits = UInt8(fields[3]) else {
            return nil
        }
        let primary = fields[4].isEmpty ? nil : Aggregation(rawValue: fields[4])
        guard fields[4].isEmpty || primary != nil else { return nil }
        var grains: [TimeGrain] = []
        for text in fields[2].split(separator: ",") {
            guard let seconds = Int32(text), let grain = TimeGrain(seconds: Int64(seconds)) else { return nil }
            grains.append(grain)
        }
        self.init(name: fields[1], grains: grains, aggregations: AggregationSet(rawValue: bits), primary: primary)
    }
}
