/// Reads `dimensions`, and `dimension`, its predecessor.
struct DimensionsReader {
    private static let keys = KnownKeys(optional: ["name"])

    /// The names to split by, in their order, each once.
    func dimensions(_ configuration: MappingReader) -> [Name] {
        let items = configuration.mappings("dimensions", example: "name: …") { _ in Self.keys }
        var names = distinct(items.compactMap(name))
        if let entry = configuration.entry("dimension"), !entry.value.isNull,
            let dimension = configuration.requiredMapping("dimension", keys: Self.keys)
        {
            let single = name(dimension)
            if items.isEmpty {
                configuration.diagnostics.warn(
                    "`dimension` is deprecated", at: entry.keyMark,
                    fix: "write `dimensions:` with one item `- name: \(single?.text ?? "…")`")
            } else {
                configuration.diagnostics.error(
                    "`dimension` and `dimensions` are both given", at: entry.keyMark, fix: "keep `dimensions` alone")
            }
            names = single.map { [$0] } ?? []
        }
        return names
    }

    /// A dimension and where it stands.
    struct Name {
        let text: String
        let mark: SourceMark
        fileprivate let diagnostics: Diagnostics
    }

    private func name(_ item: MappingReader) -> Name? {
        guard let entry = item.entry("name") else {
            if item.entries.isEmpty { warnAboutBlank(item, at: item.mark) }
            return nil
        }
        guard let text = item.optionalText("name") else {
            if entry.value.text?.isBlank == true { warnAboutBlank(item, at: entry.valueMark) }
            return nil
        }
        return Name(text: text, mark: entry.valueMark, diagnostics: item.diagnostics)
    }

    private func warnAboutBlank(_ item: MappingReader, at mark: SourceMark) {
        item.diagnostics.warn("a dimension without name is ignored", at: mark, fix: "write its name, or remove it")
    }

    private func distinct(_ names: [Name]) -> [Name] {
        var firstLines: [String: Int] = [:]
        return names.compactMap { name in
            if let line = firstLines[name.text.lowercased()] {
                name.diagnostics.warn(
                    "the dimension `\(name.text)` stands twice, first in line \(line)", at: name.mark,
                    fix: "remove one of them")
                return nil
            }
            firstLines[name.text.lowercased()] = name.mark.line
            return name
        }
    }
}
