import MetricModel

/// When a resource exists.
struct Lifetime: Sendable, Hashable {
    /// From then on.
    let from: Timestamp
    /// No longer then.
    let until: Timestamp

    /// Always.
    static let always = Lifetime(
        from: Timestamp(nanosecondsSince1970: .min), until: Timestamp(nanosecondsSince1970: .max))

    /// Whether it exists at `now`.
    func contains(_ now: Timestamp) -> Bool { from <= now && now < until }

    /// The minutes since 1970 of which it can have samples.
    var minutes: Range<Int64> { from.seconds / 60..<max(from.seconds / 60, until.seconds / 60) }
}

/// A resource of the estate that does not exist all the time: it appears, without values of the time before, or is deleted.
public struct ResourceLife: Sendable, Hashable {
    /// A part of the id, in any case.
    public var resource: String
    /// `nil` = it was always there.
    public var appears: SimulatedMoment?
    /// `nil` = it stays.
    public var deleted: SimulatedMoment?

    public init(resource: String, appears: SimulatedMoment? = nil, deleted: SimulatedMoment? = nil) {
        self.resource = resource
        self.appears = appears
        self.deleted = deleted
    }

    /// Reads a life written like the query of a URL: `resource=vm-spare&appears=600&deleted=2031-02-04T12:00:00Z`. Times are
    /// ISO 8601, or seconds from when it is switched on.
    /// - Throws: ``FaultTextError``, which says what is expected.
    public init(text: String) throws(FaultTextError) {
        try self.init(Parameters(encoded: text))
    }

    init(_ parameters: Parameters) throws(FaultTextError) {
        self.init(resource: "")
        for (name, value) in parameters.all {
            let moment = SimulatedMoment(text: value)
            switch (name.lowercased(), moment) {
            case ("resource", _): resource = value
            case ("appears", let moment?): appears = moment
            case ("deleted", let moment?): deleted = moment
            default:
                throw FaultTextError(
                    description:
                        "'\(name)=\(value)' is no part of a resource's life: expected resource (a part of the id), "
                        + "appears and deleted (\(SimulatedMoment.expected)).")
            }
        }
        guard !resource.isEmpty else {
            throw FaultTextError(description: "The field 'resource' is missing: give a part of the id.")
        }
    }
}

/// The lives of an estate's resources, as far as they are not endless.
struct ResourceLives: Sendable {
    private(set) var lines: [(part: String, lifetime: Lifetime)] = []

    init(_ lives: [ResourceLife], at now: Timestamp) {
        for life in lives { set(life, at: now) }
    }

    /// Switches `life` on at `now`, in the place of the one for the same part of an id.
    mutating func set(_ life: ResourceLife, at now: Timestamp) {
        remove(life.resource)
        let from = life.appears?.time(from: now) ?? Lifetime.always.from
        let until = life.deleted?.time(from: now) ?? Lifetime.always.until
        lines.append((life.resource.lowercased(), Lifetime(from: from, until: max(from, until))))
    }

    /// Lets live for ever what was set for that part of an id; `nil` = everything.
    mutating func remove(_ part: String?) {
        lines.removeAll { part == nil || $0.part == part?.lowercased() }
    }

    /// When the resource with this id exists; what was set last counts.
    func lifetime(of id: String) -> Lifetime {
        guard !lines.isEmpty else { return .always }
        let id = id.lowercased()
        return lines.last { id.contains($0.part) }?.lifetime ?? .always
    }
}
