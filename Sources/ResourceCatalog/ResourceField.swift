/// A key of a resource in the declaration that one type has.
public struct ResourceField: Sendable {
    /// Promitor's spelling: `virtualMachineName`.
    public let name: String
    /// Whether it must be given and not blank.
    public let isRequired: Bool
    /// The only texts it may hold, in their exact spelling; `nil` when any will do.
    public let allowedValues: [String]?
    /// Whether it is an object `{rawValue, environmentVariable}` whose value never shows.
    public let isSecret: Bool
    /// Whether it must be there but may be blank, as Promitor has it.
    public let mayBeBlank: Bool
    /// What counts when it is not given or blank.
    let defaultValue: String

    init(
        _ name: String, required: Bool, allowed: [String]? = nil, secret: Bool = false, mayBeBlank: Bool = false,
        defaultValue: String = ""
    ) {
        self.name = name
        isRequired = required
        allowedValues = allowed
        isSecret = secret
        self.mayBeBlank = mayBeBlank
        self.defaultValue = defaultValue
    }

    static func required(_ name: String, allowed: [String]? = nil, mayBeBlank: Bool = false) -> ResourceField {
        ResourceField(name, required: true, allowed: allowed, mayBeBlank: mayBeBlank)
    }

    static func optional(_ name: String, allowed: [String]? = nil, defaultValue: String = "") -> ResourceField {
        ResourceField(name, required: false, allowed: allowed, defaultValue: defaultValue)
    }

    static func secret(_ name: String) -> ResourceField {
        ResourceField(name, required: true, secret: true)
    }
}
