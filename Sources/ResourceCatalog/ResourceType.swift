/// A type of Azure resource, as data: one row of the table. ``resolve(_:metricName:defaults:dimensions:)`` interprets it.
public struct ResourceType: Sendable {
    /// Promitor's name: `VirtualMachine`.
    public let name: String
    /// The types in Azure Resource Manager that it stands for; none for `Generic`, which stands for all.
    public let armTypes: [String]
    /// Its own keys in the declaration. ``sharedFields`` come on top.
    public let fields: [ResourceField]
    /// The id behind `/subscriptions/…/resourceGroups/…/providers/`.
    let id: FieldTemplate
    let instanceName: FieldTemplate
    let uniqueName: FieldTemplate
    /// Values that templates may use and that follow from a field.
    let derived: [DerivedValue]
    let filter: FilterRule
    let labels: [LabelTemplate]
    let rules: [ValidationRule]
    /// The only metrics there are, in Promitor's spelling, case ignored; `nil` when Azure Monitor says which there are.
    public let metricNames: [String]?
    /// Where its values come from.
    public let source: ValueSource
    /// How its resources are found; `nil` for types that are only declared.
    public let discovery: ResourceDiscovery?

    init(
        _ name: String, _ armTypes: [String], fields: [ResourceField], id: FieldTemplate, instanceName: FieldTemplate,
        uniqueName: FieldTemplate, derived: [DerivedValue] = [], filter: FilterRule = .none,
        labels: [LabelTemplate] = [], rules: [ValidationRule] = [], metricNames: [String]? = nil,
        source: ValueSource = .azureMonitor, discovery: ResourceDiscovery?
    ) {
        self.name = name
        self.armTypes = armTypes
        self.fields = fields
        self.id = id
        self.instanceName = instanceName
        self.uniqueName = uniqueName
        self.derived = derived
        self.filter = filter
        self.labels = labels
        self.rules = rules
        self.metricNames = metricNames
        self.source = source
        self.discovery = discovery
    }

    /// The usual kind: one field, which is the resource's name, and the id made of type and name.
    init(_ name: String, _ armType: String, named field: String) {
        let itself = FieldTemplate("{\(field)}")
        self.init(
            name, [armType], fields: [.required(field)], id: FieldTemplate("\(armType)/{\(field)}"),
            instanceName: itself, uniqueName: itself,
            discovery: ResourceDiscovery([armType], fields: [DiscoveredField(field)]))
    }

    /// The type in Azure Resource Manager; `nil` when there is none or more than one.
    public var armType: String? { armTypes.count == 1 ? armTypes[0] : nil }

    /// What a resource of any type may give instead of the defaults of `azureMetadata`.
    public static let sharedFields: [ResourceField] = [.optional("subscriptionId"), .optional("resourceGroupName")]
}

/// Where the values of a type's metrics come from.
public enum ValueSource: Sendable {
    /// The metrics API of Azure Resource Manager.
    case azureMonitor
    /// The data plane of a storage account.
    case storageQueue
    /// A query of a workspace.
    case logAnalytics
}

/// A value that follows from a field by a table; empty when the field's value is not in it.
struct DerivedValue: Sendable {
    let name: String
    let field: String
    let values: [String: String]
}

/// A label that a type adds; left out when its value is empty.
struct LabelTemplate: Sendable {
    let name: String
    let value: FieldTemplate
}

/// How a type narrows the series of its metrics.
enum FilterRule: Sendable {
    /// Not at all.
    case none
    /// The filter stands in a field, in Azure's grammar.
    case declared(field: String)
    /// `dimension eq 'value'` when the template gives a value.
    case when(value: FieldTemplate, dimension: String)
    /// `dimension eq 'value'` when the template gives a value; otherwise the type is split by that dimension alone.
    case split(value: FieldTemplate, dimension: MetricDimension, label: SplitLabel)
    /// There are no dimensions: declared ones are ignored.
    case unsupported
}

/// The dimension that a type is split by, which may depend on the metric.
struct MetricDimension: Sendable, ExpressibleByStringLiteral {
    let standard: String
    /// By the metric's name in lower case.
    let exceptions: [String: String]

    init(_ standard: String, except exceptions: [String: String]) {
        self.standard = standard
        self.exceptions = Dictionary(uniqueKeysWithValues: exceptions.map { ($0.lowercased(), $1) })
    }

    init(stringLiteral name: String) { self.init(name, except: [:]) }

    func name(metric: String) -> String { exceptions[metric.lowercased()] ?? standard }
}

/// The label that says which part of a resource a series is of.
enum SplitLabel: Sendable {
    /// Whether the part is declared or told by Azure.
    case always(String)
    /// When the part is declared; from Azure it comes under the dimension's own name.
    case declared(String)
}

/// What a resource must keep to besides its fields' own rules.
enum ValidationRule: Sendable {
    /// At most one of these fields may be given.
    case exclusive([String])
    /// The field goes together with this metric only, its case ignored.
    case onlyMetric(String, with: String)
    /// None of these fields goes together with the dimension.
    case noDimension(String, with: [String])
    /// No more dimensions than this.
    case dimensions(atMost: Int)
    /// The field must not begin so, case ignored; `fix` says what to write.
    case noPrefix([String], field: String, fix: String)
}
