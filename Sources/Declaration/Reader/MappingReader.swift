/// The keys that one kind of mapping knows.
struct KnownKeys {
    /// Refused without them.
    let required: [String]
    let optional: [String]
    /// What to say about keys that no longer exist.
    let formerKeys: [String: String]

    init(required: [String] = [], optional: [String] = [], formerKeys: [String: String] = [:]) {
        self.required = required
        self.optional = optional
        self.formerKeys = formerKeys
    }

    var all: [String] { required + optional }
}

/// Reads one mapping by its known keys.
///
/// A key that is unknown warns. A required key that is missing is an error, and so is the misspelled key that stands in
/// for it: one mistake, one diagnostic.
struct MappingReader {
    /// Where to point when something is missing: the first key, or the opening brace.
    let mark: SourceMark
    let diagnostics: Diagnostics
    /// All entries, those with unknown keys too.
    let entries: [YAMLEntry]

    /// Checks the keys of `entries`, the content of a mapping at `mark`.
    init(_ entries: [YAMLEntry], at mark: SourceMark, keys: KnownKeys, diagnostics: Diagnostics) {
        self.mark = mark
        self.entries = entries
        self.diagnostics = diagnostics
        var missing = Set(keys.required).subtracting(entries.map(\.key))
        for entry in entries where !keys.all.contains(entry.key) {
            report(unknown: entry, keys: keys, missing: &missing)
        }
        for key in keys.required where missing.contains(key) {
            diagnostics.error("`\(key)` is missing", at: mark, fix: "add `\(key):` here")
        }
    }

    private func report(unknown entry: YAMLEntry, keys: KnownKeys, missing: inout Set<String>) {
        if diagnostics.isFull { return }
        let message = "the key `\(entry.key)` is unknown"
        if let advice = keys.formerKeys[entry.key] {
            return diagnostics.warn(message + " and ignored", at: entry.keyMark, fix: advice)
        }
        let near = Suggestion.nearest(to: entry.key, among: keys.all)
        let fix = Suggestion.fix(for: entry.key, among: keys.all)
        if let meant = near.first(where: missing.contains) {
            missing.remove(meant)
            diagnostics.error(message + " and `\(meant)` is missing", at: entry.keyMark, fix: fix)
        } else {
            let all = "known here: " + keys.all.joined(separator: ", ")
            diagnostics.warn(message + " and ignored", at: entry.keyMark, fix: fix ?? all)
        }
    }

    /// The entry of `key`, whatever its value.
    func entry(_ key: String) -> YAMLEntry? {
        entries.first { $0.key == key }
    }

    /// The mapping under a required key; reported when it is none.
    func requiredMapping(_ key: String, keys: KnownKeys) -> MappingReader? {
        guard let entry = entry(key) else { return nil }
        guard let content = entry.value.entries else {
            diagnostics.error(
                "`\(key)` must be a mapping, not \(entry.value.kind)", at: entry.valueMark,
                fix: "indent its keys below it")
            return nil
        }
        return MappingReader(content, at: entry.value.mark, keys: keys, diagnostics: diagnostics)
    }

    /// The mapping under an optional key. Nothing at all counts as not given; anything else warns and is ignored.
    func optionalMapping(_ key: String, keys: KnownKeys) -> MappingReader? {
        guard let entry = entry(key), !entry.value.isNull else { return nil }
        guard let content = entry.value.entries else {
            diagnostics.warn(
                "`\(key)` must be a mapping, not \(entry.value.kind); it is ignored", at: entry.valueMark,
                fix: "indent its keys below it")
            return nil
        }
        return MappingReader(content, at: entry.value.mark, keys: keys, diagnostics: diagnostics)
    }

    /// The items under `key`; empty when it is not given or nothing follows it. Reported when it is no list.
    func list(_ key: String) -> [YAMLNode] {
        guard let entry = entry(key), !entry.value.isNull else { return [] }
        guard let items = entry.value.items else {
            diagnostics.error(
                "`\(key)` must be a list, not \(entry.value.kind)", at: entry.valueMark,
                fix: "start each item with `- `")
            return []
        }
        return items
    }

    /// The mappings in the list under `key`; items of another kind are reported.
    /// - Parameter keys: What an item knows, which may depend on its entries.
    func mappings(_ key: String, example: String, keys: ([YAMLEntry]) -> KnownKeys) -> [MappingReader] {
        list(key).compactMap { item in
            guard let content = item.entries else {
                diagnostics.error(
                    "an item of `\(key)` must be a mapping, not \(item.kind)", at: item.mark,
                    fix: "write `- \(example)`")
                return nil
            }
            return MappingReader(content, at: item.mark, keys: keys(content), diagnostics: diagnostics)
        }
    }
}
