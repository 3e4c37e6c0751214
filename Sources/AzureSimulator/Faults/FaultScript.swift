/// The faults that are switched on, and how far each of them is.
struct FaultScript: Sendable {
    /// A fault and the calls it has seen.
    struct Line: Sendable {
        let fault: Fault
        /// Calls that it is about.
        var seen = 0
        /// Those of them that it hit.
        var hits = 0
    }

    /// In the order in which they were switched on.
    private(set) var lines: [Line] = []

    init(_ faults: [Fault] = []) {
        for fault in faults { add(fault) }
    }

    /// Switches `fault` on, in the place of one of the same name; it counts from now.
    mutating func add(_ fault: Fault) {
        remove(named: fault.name)
        lines.append(Line(fault: fault))
    }

    /// Switches off the fault of that name, or all of them.
    mutating func remove(named name: String? = nil) {
        lines.removeAll { name == nil || $0.fault.name == name }
    }

    /// Counts `call` and says which fault hits it: the first in order. Every line counts every call that it is about, so
    /// that the n-th call is the same one whatever else is switched on.
    mutating func fault(for call: Fault.Call) -> Fault? {
        var found: Int?
        for index in lines.indices where lines[index].fault.isAbout(call) {
            lines[index].seen += 1
            if found == nil, lines[index].fault.calls.contains(lines[index].seen) { found = index }
        }
        guard let found else { return nil }
        lines[found].hits += 1
        return lines[found].fault
    }
}
