/// Reads a secret, given as `{rawValue}` or `{environmentVariable}`.
struct SecretReader {
    private static let keys = KnownKeys(optional: ["rawValue", "environmentVariable"])

    let environment: [String: String]

    /// The secret under `key`; `nil` when there is none, which is reported. It is never part of a message.
    func secret(_ key: String, _ item: MappingReader) -> Secret? {
        guard let reader = item.requiredMapping(key, keys: Self.keys) else { return nil }
        let rawValue = reader.optionalText("rawValue")
        guard let variable = reader.optionalText("environmentVariable"),
            let entry = reader.entry("environmentVariable")
        else {
            if rawValue == nil {
                reader.diagnostics.error(
                    "the secret `\(key)` has no source", at: reader.mark, fix: "add `environmentVariable:` here")
            }
            return rawValue.map(Secret.init)
        }
        if rawValue != nil {
            reader.diagnostics.warn(
                "the secret `\(key)` has two sources; the environment variable wins", at: entry.keyMark,
                fix: "remove `rawValue`")
        }
        guard let value = environment[variable], !value.isBlank else {
            reader.diagnostics.error(
                "the environment variable `\(variable)` for the secret `\(key)` is not set", at: entry.valueMark,
                fix: "set it before azimuth starts")
            return nil
        }
        return Secret(value)
    }
}
