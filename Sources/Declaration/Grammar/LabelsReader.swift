import MetricModel

/// Reads `labels`: names and texts of one's own.
struct LabelsReader {
    private static let builtIn = ["resource_group", "subscription_id", "resource_uri", "instance_name"]

    let diagnostics: Diagnostics

    /// The labels under `labels`; none when there is nothing.
    func labels(_ reader: MappingReader) -> [Label] {
        guard let entry = reader.entry("labels"), !entry.value.isNull else { return [] }
        guard let entries = entry.value.entries else {
            diagnostics.error(
                "`labels` must be a mapping, not \(entry.value.kind)", at: entry.valueMark, fix: "write `name: text`")
            return []
        }
        return entries.compactMap(label)
    }

    private func label(_ entry: YAMLEntry) -> Label? {
        guard let text = entry.value.text else {
            diagnostics.warn(
                "the label `\(entry.key)` must be text, not \(entry.value.kind); it is ignored", at: entry.valueMark,
                fix: "write `\(entry.key): text`")
            return nil
        }
        if entry.value.isNull, !entry.value.isEmpty {
            diagnostics.warn(
                "`\(text)` for the label `\(entry.key)` is taken as not given", at: entry.valueMark,
                fix: "remove the label, or write \"\(text)\" if the word is meant")
            return nil
        }
        checkName(entry)
        return Label(entry.key, text)
    }

    private func checkName(_ entry: YAMLEntry) {
        if Self.builtIn.contains(entry.key) {
            diagnostics.warn(
                "every series has a label `\(entry.key)` of its own, which wins over this one", at: entry.keyMark,
                fix: "give this label another name")
        } else if !isLegalPrometheusName(entry.key, colons: false) || entry.key.hasPrefix("__") {
            diagnostics.warn(
                "`\(entry.key)` is not a legal label name in Prometheus", at: entry.keyMark,
                fix: "use letters, digits and `_`, not a digit first, not `__` first")
        }
    }

    /// Warns of labels of the metric that the series' own labels hide.
    func warn(labels reader: MappingReader, hiddenBy dimensions: Set<String>) {
        for entry in reader.entry("labels")?.value.entries ?? []
        where dimensions.contains(entry.key) && !Self.builtIn.contains(entry.key) {
            diagnostics.warn(
                "the series have a label `\(entry.key)` from Azure, which wins over this one", at: entry.keyMark,
                fix: "give this label another name")
        }
    }
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`, in the names of metrics with colons too.
func isLegalPrometheusName(_ name: String, colons: Bool) -> Bool {
    func isLegal(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        case ":": colons
        default: false
        }
    }
    guard let first = name.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
    return name.unicodeScalars.allSatisfy(isLegal)
}
