import ResourceCatalog

/// The names of metrics seen so far, which must differ.
struct MetricNames {
    private var lines: [String: Int] = [:]
    private var spellings: [String: String] = [:]

    /// Reports what is wrong with the name of the next metric.
    mutating func register(_ metric: MappingReader) {
        guard let entry = metric.entry("name"), let name = entry.value.text, !entry.value.isNull, !name.isBlank
        else { return }
        let diagnostics = metric.diagnostics
        if let line = lines[name] {
            return diagnostics.error(
                "the name `\(name)` is taken by the metric in line \(line)", at: entry.valueMark,
                fix: "give each metric a name of its own")
        }
        lines[name] = entry.valueMark.line
        if let other = spellings[name.lowercased()] {
            diagnostics.warn(
                "the name `\(name)` differs only in case from `\(other)` in line \(lines[other] ?? 0)",
                at: entry.valueMark, fix: "give each metric a name of its own")
        }
        spellings[name.lowercased()] = name
        if ResourceNames.hasControlCharacter(name) {
            diagnostics.error(
                "`name` holds a control character, such as a tab or a line break", at: entry.valueMark,
                fix: "remove it; letters, digits, `_` and `:` are legal everywhere")
        } else if !isLegalPrometheusName(name, colons: true) {
            diagnostics.warn(
                "`\(name)` is not a legal metric name in Prometheus", at: entry.valueMark,
                fix: "use letters, digits, `_` and `:`, not a digit first")
        }
    }
}
