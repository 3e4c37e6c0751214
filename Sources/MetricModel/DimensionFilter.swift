/// Which series of a metric Azure returns: its `$filter`, one condition a dimension, all of which must hold.
///
/// Grammar: `NAME eq 'VALUE'`, joined by `or` within one dimension and by `and` between dimensions.
/// Azure compares names and values without regard to case.
public struct DimensionFilter: Hashable, Sendable {
    /// What one dimension may be.
    public struct Condition: Hashable, Sendable {
        /// Azure's name of the dimension, as spelled in the declaration.
        public var name: String
        /// Any of these; empty stands for `'*'`: one series for each value there is.
        public var values: [String]

        /// `name` is any of `values`, or anything when there are none.
        public init(name: String, values: [String] = []) {
            self.name = name
            self.values = values
        }
    }

    /// In the order in which they are sent. A name stands once, case ignored.
    public var conditions: [Condition]

    /// A filter of `conditions`; without any it is no filter at all and must not be sent.
    public init(conditions: [Condition]) {
        self.conditions = conditions
    }

    /// No condition: Azure returns one series over all dimension values.
    public var isEmpty: Bool { conditions.isEmpty }

    /// As Azure reads it: `EntityName eq 'a' or EntityName eq 'b' and ApiName eq '*'`; a `'` in a value is doubled.
    public var text: String {
        conditions.map(\.text).joined(separator: " and ")
    }

    /// This filter, with a series for each value of `dimensions` that it does not restrict already.
    ///
    /// The dimensions come first, in their order and spelling; blank names and repeats are left out. A condition of this filter
    /// replaces the `'*'` of the dimension of that name, case ignored, or is added behind.
    public func splitting(by dimensions: [String]) -> DimensionFilter {
        var combined = DimensionFilter(conditions: [])
        for name in dimensions where !name.allSatisfy(\.isWhitespace) && combined.index(of: name) == nil {
            combined.conditions.append(Condition(name: name))
        }
        for condition in conditions { combined.set(condition) }
        return combined
    }

    /// Position of the condition on the dimension `name`, case ignored.
    public func index(of name: String) -> Int? {
        let lowercased = name.lowercased()
        return conditions.firstIndex { $0.name.lowercased() == lowercased }
    }

    /// Replaces the values of the dimension, keeping its place and spelling, or adds the condition.
    mutating func set(_ condition: Condition) {
        if let index = index(of: condition.name) {
            conditions[index].values = condition.values
        } else {
            conditions.append(condition)
        }
    }
}

extension DimensionFilter.Condition {
    fileprivate var text: String {
        guard !values.isEmpty else { return name + " eq '*'" }
        return values.map { name + " eq " + quoted($0) }.joined(separator: " or ")
    }
}

/// OData's string literal.
private func quoted(_ value: String) -> String {
    "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
}
