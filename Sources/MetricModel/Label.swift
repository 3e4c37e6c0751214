/// A name and a value that tell series apart: Azure's dimension, Promitor's label, OTLP's attribute.
public struct Label: Hashable, Sendable {
    public var name: String
    public var value: String

    /// A label `name` with `value`.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Labels put together from several sources, highest precedence first. A name stands once.
///
/// On a clash the earlier source wins and the later label is reported in `shadowed`; the series is never dropped for it.
public struct LabelSet: Sendable {
    /// In the order in which they were added.
    public private(set) var labels: [Label] = []
    /// What lost against a label of the same name.
    public private(set) var shadowed: [Label] = []

    public init() {}

    /// Adds what has no name yet.
    public mutating func add(_ additions: some Sequence<Label>) {
        for label in additions {
            if labels.contains(where: { $0.name == label.name }) {
                shadowed.append(label)
            } else {
                labels.append(label)
            }
        }
    }
}
