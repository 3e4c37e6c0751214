import MetricModel

/// The faults that are switched on, and how far each of them is.
struct FaultScript: Sendable {
    /// A fault and the calls it has seen.
    struct Line: Sendable {
        let fault: Fault
        /// When it is on.
        let window: Range<Timestamp>
        /// Calls that it is about.
        var seen = 0
        /// Those of them that it hit.
        var hits = 0

        init(_ fault: Fault, at now: Timestamp) {
            self.fault = fault
            let from = fault.from?.time(from: now) ?? .distantPast
            window = from..<max(from, fault.until?.time(from: now) ?? .distantFuture)
        }
    }

    /// In the order in which they were switched on.
    private(set) var lines: [Line] = []

    /// `faults`, switched on at `now`.
    init(_ faults: [Fault] = [], at now: Timestamp) {
        for fault in faults { add(fault, at: now) }
    }

    /// Switches `fault` on, in the place of one of the same name; it counts from now.
    mutating func add(_ fault: Fault, at now: Timestamp) {
        remove(named: fault.name)
        lines.append(Line(fault, at: now))
    }

    /// Switches off the fault of that name, or all of them.
    mutating func remove(named name: String? = nil) {
        lines.removeAll { name == nil || $0.fault.name == name }
    }

    /// Counts `call` and says which fault hits it: the first in order. Every line counts every call that it is about, so
    /// that the n-th call is the same one whatever else is switched on.
    mutating func fault(for call: Fault.Call) -> Fault? {
        var found: Int?
        for index in lines.indices where lines[index].fault.isAbout(call, window: lines[index].window) {
            lines[index].seen += 1
            let line = lines[index]
            if found == nil, line.hits < line.fault.times, line.fault.hits(line.seen) { found = index }
        }
        guard let found else { return nil }
        lines[found].hits += 1
        return lines[found].fault
    }
}

extension Timestamp {
    fileprivate static let distantPast = Timestamp(nanosecondsSince1970: .min)
    fileprivate static let distantFuture = Timestamp(nanosecondsSince1970: .max)
}
