import MetricModel

/// What resources are given from `azureMetadata`.
public struct ResourceDefaults: Sendable {
    public let tenantID: String
    public let subscriptionID: String
    public let resourceGroupName: String

    /// The declaration's tenant, and subscription and resource group of resources that name none.
    public init(tenantID: String, subscriptionID: String, resourceGroupName: String) {
        self.tenantID = tenantID
        self.subscriptionID = subscriptionID
        self.resourceGroupName = resourceGroupName
    }
}

/// What a declared resource means for Azure.
public struct ResourceResolution: Sendable {
    /// Not to be scraped when one of ``problems`` is an error: its id has holes then.
    public let resource: MonitoredResource
    /// Tells the resource apart from others of its type: Promitor's unique name.
    public let uniqueName: String
    /// What the type or the declaration restricts; the dimensions to split by are not in it. See ``requestFilter``.
    public let filter: DimensionFilter?
    /// What the series are split by: the declared dimensions without blanks and repeats, or the type's own.
    /// Azure's answer names every dimension of the filter; the others of them are no part of the series.
    public let dimensions: [String]
    /// Azure's dimension → the label that it becomes (`EntityName` → `entity_name`). The keys are among ``dimensions``.
    public let dimensionRenames: [String: String]
    /// What is wrong with the fields; empty when all is well.
    public let problems: [ResourceProblem]

    /// The filter to send: ``filter`` with a series for each value of the ``dimensions``; `nil` when there is nothing to say.
    public var requestFilter: DimensionFilter? {
        let combined = (filter ?? DimensionFilter(conditions: [])).splitting(by: dimensions)
        return combined.isEmpty ? nil : combined
    }
}

/// A rule of its type that a declared resource breaks.
public struct ResourceProblem: Hashable, Sendable {
    /// Whether the resource can be scraped all the same.
    public enum Severity: Sendable { case error, warning }

    public let severity: Severity
    /// The field at fault; `nil` when it is the resource as a whole or the metric's dimensions. It may be one that is missing.
    public let field: String?
    public let message: String
    /// What to write instead.
    public let fix: String?

    /// A problem of `field`.
    public init(field: String?, message: String, fix: String? = nil, severity: Severity = .error) {
        self.severity = severity
        self.field = field
        self.message = message
        self.fix = fix
    }
}
