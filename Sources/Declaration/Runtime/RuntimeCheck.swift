/// Looks through all settings for what is unknown, has no effect, or is not of its kind.
struct RuntimeCheck {
    let schema: RuntimeSchema
    let diagnostics: Diagnostics
    private var idleKeys = IdleKeys()
    private var reportedPaths: Set<[String]> = []

    init(schema: RuntimeSchema, diagnostics: Diagnostics) {
        self.schema = schema
        self.diagnostics = diagnostics
    }

    /// Reports what is wrong with `settings`; values are not changed.
    mutating func check(_ settings: RuntimeSettings) {
        for setting in settings.all {
            if let key = schema.key(setting.key) {
                checkKind(of: setting, key)
                idleKeys.add(setting, key, settings)
            } else if let names = schema.names(below: setting.key) {
                checkSection(setting, names: names)
            } else {
                reportUnknown(setting)
            }
        }
        idleKeys.report(schema: schema, diagnostics)
    }

    private func checkKind(of setting: RuntimeSetting, _ key: RuntimeKey) {
        let text = setting.text.trimmingBlanks
        guard !text.isEmpty else { return }
        if let wanted = key.kind.refusal(of: text) {
            diagnostics.error("`\(setting.name)` cannot be `\(text)`", about: setting, fix: wanted)
        } else if key.idle == nil, case .duration(let limit) = key.kind {
            checkLength(of: setting, limit)
        }
    }

    private func checkLength(of setting: RuntimeSetting, _ limit: DurationLimit?) {
        guard let reading = DurationText(setting.text) else { return }
        if let excess = limit?.excess(of: reading, name: setting.name) {
            diagnostics.error(excess.message, about: setting, fix: excess.fix)
        } else if let advice = reading.trap?.advice(meaning: reading.duration.words) {
            diagnostics.warn(advice.message, about: setting, fix: advice.fix)
        }
    }

    private func checkSection(_ setting: RuntimeSetting, names: [String]) {
        guard !setting.text.isBlank else { return }
        let fix = names == ["*"] ? "indent its keys below it" : "its keys are " + names.joined(separator: ", ")
        guard Self.isNeeded(setting.key) else {
            return diagnostics.warn(
                "`\(setting.name)` is a section, not a value; it is ignored", about: setting, fix: fix)
        }
        // The text is not repeated: it may hold a token.
        diagnostics.error("`\(setting.name)` is a section, not a value", about: setting, fix: fix)
    }

    /// Whether a collector is likely to refuse everything when what stands here is left out: credentials and certificates.
    /// These sections are none of Promitor's, which ignores what it does not know.
    private static func isNeeded(_ key: [String]) -> Bool {
        let collector = ["metricsinks", "opentelemetrycollector"]
        return ["headers", "tls"].contains { key.starts(with: collector + [$0]) }
    }

    /// Names the first level that is unknown, once for all that stands below it.
    private mutating func reportUnknown(_ setting: RuntimeSetting) {
        let key = setting.key
        let level = key.indices.first { schema.names(below: Array(key[...$0])) == nil } ?? key.count - 1
        guard reportedPaths.insert(Array(key[...level])).inserted else { return }
        let name = setting.path[...level].joined(separator: ".")
        if schema.key(Array(key[...level])) != nil {
            diagnostics.warn(
                "`\(name)` is a value, not a section; what stands below it is ignored", aboutKeyOf: setting,
                level: level)
            return
        }
        let names = schema.names(below: Array(key[..<level])) ?? []
        let all = "known here: " + names.filter { !$0.contains("_") }.joined(separator: ", ")
        let fix = Suggestion.fix(for: setting.path[level], among: names) ?? all
        if Self.isNeeded(key) {
            diagnostics.error("the key `\(name)` is unknown", aboutKeyOf: setting, level: level, fix: fix)
        } else {
            diagnostics.warn("the key `\(name)` is unknown and ignored", aboutKeyOf: setting, level: level, fix: fix)
        }
    }
}

extension RuntimeKey.Kind {
    /// What to write instead, when `text` is not of this kind.
    fileprivate func refusal(of text: String) -> String? {
        switch self {
        case .text: return nil
        case .boolean: return ["true", "false"].contains(text.lowercased()) ? nil : "write true or false"
        case .number: return Double(text) == nil ? "write a number, or NaN" : nil
        case .integer(let range):
            if let number = Int(text), range.contains(number) { return nil }
            return "write a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .words(let words):
            if words.contains(where: { $0.lowercased() == text.lowercased() }) { return nil }
            return Suggestion.fix(for: text, among: words) ?? "write one of " + words.joined(separator: ", ")
        case .statuses: return StatusList.advice(for: text)
        case .bytes: return ByteSize(text) == nil ? "write a size such as 256MiB, 100MB or 1073741824" : nil
        case .duration:
            guard let reading = DurationText(text) else {
                return "write hh:mm:ss (00:05:00 for 5 minutes) or ISO 8601 (PT5M)"
            }
            return reading.duration < .zero ? "write 00:00:00 or more" : nil
        }
    }
}

/// Reports about a setting, which stands in the file or in a variable.
extension Diagnostics {
    /// An error in the value of `setting`.
    func error(_ message: String, about setting: RuntimeSetting, fix: String? = nil) {
        error(setting.source + message, at: setting.valueMark, fix: fix)
    }

    /// A warning about the value of `setting`.
    func warn(_ message: String, about setting: RuntimeSetting, fix: String? = nil) {
        warn(setting.source + message, at: setting.valueMark, fix: fix)
    }

    /// A warning about the value of `setting` that strictness does not make an error.
    func note(_ message: String, about setting: RuntimeSetting, fix: String? = nil) {
        note(setting.source + message, at: setting.valueMark, fix: fix)
    }

    /// A note about the key of `setting`, or of the section at `level` above it.
    func note(_ message: String, aboutKeyOf setting: RuntimeSetting, level: Int) {
        note(setting.source + message, at: setting.keyMark(level: level))
    }

    /// An error in the key of `setting`, or of the section at `level` above it.
    func error(_ message: String, aboutKeyOf setting: RuntimeSetting, level: Int? = nil, fix: String? = nil) {
        error(setting.source + message, at: setting.keyMark(level: level), fix: fix)
    }

    /// A warning about the key of `setting`, or of the section at `level` above it.
    func warn(_ message: String, aboutKeyOf setting: RuntimeSetting, level: Int? = nil, fix: String? = nil) {
        warn(setting.source + message, at: setting.keyMark(level: level), fix: fix)
    }
}

extension RuntimeSetting {
    /// What a message begins with when the setting does not stand in the file.
    fileprivate var source: String {
        if case .variable(let name) = origin { "in the environment variable `\(name)`: " } else { "" }
    }

    fileprivate var valueMark: SourceMark? {
        if case .file(_, let value) = origin { value } else { nil }
    }

    fileprivate func keyMark(level: Int?) -> SourceMark? {
        guard case .file(let keys, _) = origin else { return nil }
        return keys[min(level ?? keys.count - 1, keys.count - 1)]
    }
}
