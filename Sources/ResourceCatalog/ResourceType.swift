/// A type of Azure resource, as data: one row of the table. ``resolve(_:defaults:dimensions:)`` interprets it.
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

    init(
        _ name: String, _ armTypes: [String], fields: [ResourceField], id: FieldTemplate, instanceName: FieldTemplate,
        uniqueName: FieldTemplate, derived: [DerivedValue] = [], filter: FilterRule = .none,
        labels: [LabelTemplate] = [], rules: [ValidationRule] = []
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
    }

    /// The usual kind: one field, which is the resource's name, and the id made of type and name.
    init(_ name: String, _ armType: String, named field: String) {
        let itself = FieldTemplate("{\(field)}")
        self.init(
            name, [armType], fields: [.required(field)], id: FieldTemplate("\(armType)/{\(field)}"),
            instanceName: itself, uniqueName: itself)
    }

    /// The type in Azure Resource Manager; `nil` when there is none or more than one.
    public var armType: String? { armTypes.count == 1 ? armTypes[0] : nil }

    /// What a resource of any type may give instead of the defaults of `azureMetadata`.
    public static let sharedFields: [ResourceField] = [.optional("subscriptionId"), .optional("resourceGroupName")]
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
    /// Either way the value goes by the name of `label`.
    case split(value: FieldTemplate, dimension: String, label: String)
}

/// What a resource must keep to besides its fields' own rules.
enum ValidationRule: Sendable {
    /// At most one of these fields may be given.
    case exclusive([String])
    /// None of these fields goes together with the dimension.
    case noDimension(String, with: [String])
    /// No more dimensions than this.
    case dimensions(atMost: Int)
    /// The field must not begin so, case ignored; `fix` says what to write.
    case noPrefix([String], field: String, fix: String)
}
