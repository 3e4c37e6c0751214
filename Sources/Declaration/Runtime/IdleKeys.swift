/// Collects the settings that have no effect, so that a section is told of once and not key by key.
struct IdleKeys {
    private struct Finding {
        let setting: RuntimeSetting
        let idle: RuntimeKey.Idle
    }

    private var findings: [Finding] = []

    /// Remembers `setting` if its key is without effect, unless it asks for what is the case anyhow.
    mutating func add(_ setting: RuntimeSetting, _ key: RuntimeKey, _ settings: RuntimeSettings) {
        guard let idle = key.idle, !setting.text.isBlank, !findings.contains(where: { $0.idle == idle }) else { return }
        if let agreed = idle.agreed,
            settings[RuntimeKey.path(idle.section, agreed.name)]?.text.trimmingBlanks.lowercased() == agreed.text
        {
            return
        }
        findings.append(Finding(setting: setting, idle: idle))
    }

    /// Says what has no effect: of each section its name and why, and of several in an idle one of the file the outer name alone.
    func report(schema: RuntimeSchema, _ diagnostics: Diagnostics) {
        var rest = findings[...]
        while let first = rest.popFirst() {
            let top = first.setting.key[0]
            var reasons = [first.idle.reason]
            var section = first.idle.section.split(separator: ".")[...]
            if first.setting.isInFile, schema.isIdle(top) {
                let siblings = rest.filter { $0.setting.key[0] == top && $0.setting.isInFile }
                rest.removeAll { $0.setting.key[0] == top && $0.setting.isInFile }
                if !siblings.isEmpty { section = section.prefix(1) }
                for reason in siblings.map(\.idle.reason) where !reasons.contains(reason) { reasons.append(reason) }
            }
            diagnostics.note(
                "`\(section.joined(separator: "."))` has no effect: \(reasons.joined(separator: "; "))",
                aboutKeyOf: first.setting, level: section.count - 1)
        }
    }
}
