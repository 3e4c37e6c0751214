/// Where a setting was given.
enum SettingOrigin: Equatable {
    /// In the file: the key and each section above it from the top down, and the value.
    case file(keys: [SourceMark], value: SourceMark)
    case variable(String)
}

/// A setting as it was given.
struct RuntimeSetting {
    /// As it was spelled.
    let path: [String]
    /// Blank when nothing follows the key.
    let text: String
    let origin: SettingOrigin

    /// `metricSinks.statsd.port`, as it was spelled.
    var name: String { path.joined(separator: ".") }
    /// Whether the file says so, not a variable.
    var isInFile: Bool { if case .file = origin { true } else { false } }
    /// What it is found by: .NET's configuration ignores case.
    var key: [String] { path.map { $0.lowercased() } }
}

/// The settings of `runtime.yaml` under those of the environment, each by its path.
///
/// As in .NET's configuration: keys ignore case, and an environment variable names a path with `__` between the levels.
/// Lowest to highest: the file; a variable of the plain name; `PROMITOR_` before it; `PROMITOR_YAML_OVERRIDE_`; and our own twins
/// `AZIMUTH_` and `AZIMUTH_YAML_OVERRIDE_`. A blank variable counts as not set.
struct RuntimeSettings {
    private var settings: [[String]: RuntimeSetting] = [:]
    /// Paths in the order in which they were first given.
    private var order: [[String]] = []

    /// The settings in `root`, which may be missing, and `environment`.
    init(_ root: YAMLNode?, environment: [String: String], schema: RuntimeSchema, diagnostics: Diagnostics) {
        if let root { read(root, path: [], keys: [], diagnostics) }
        let variables = environment.filter { !$0.value.isBlank }.sorted { $0.key < $1.key }
        for layer in Layer.all {
            for (name, value) in variables {
                guard let path = layer.path(of: name, schema: schema) else { continue }
                set(RuntimeSetting(path: path, text: value, origin: .variable(name)))
            }
        }
    }

    /// All settings, in the order in which they were first given.
    var all: [RuntimeSetting] { order.compactMap { settings[$0] } }

    /// The setting of the path `metricSinks.statsd.port`, whatever its case; `nil` when it is blank or not given.
    subscript(path: String) -> RuntimeSetting? {
        guard let setting = settings[key(path)], !setting.text.isBlank else { return nil }
        return setting
    }

    /// The settings below a section, in the order in which they were first given; blank ones too.
    func below(_ section: String) -> [RuntimeSetting] {
        let prefix = key(section)
        return all.filter { $0.key.starts(with: prefix) && $0.key.count > prefix.count }
    }

    /// Where the keys below a section stand in the file, by the rest of their path in lower case.
    func places(below section: String) -> [String: SourceMark] {
        let depth = key(section).count
        return below(section).reduce(into: [:]) { places, setting in
            guard case .file(let keys, _) = setting.origin else { return }
            places[setting.key.dropFirst(depth).joined(separator: ".")] = keys.last
        }
    }

    private func key(_ path: String) -> [String] {
        path.split(separator: ".").map { $0.lowercased() }
    }

    private mutating func set(_ setting: RuntimeSetting) {
        let key = setting.key
        if settings.updateValue(setting, forKey: key) == nil { order.append(key) }
    }

    private mutating func read(_ node: YAMLNode, path: [String], keys: [SourceMark], _ diagnostics: Diagnostics) {
        switch node.content {
        case .mapping(let entries) where !entries.isEmpty:
            for entry in entries {
                read(entry.value, path: path + [entry.key], keys: keys + [entry.keyMark], diagnostics)
            }
        case .sequence(let items) where !items.isEmpty:
            for (index, item) in items.enumerated() {
                read(item, path: path + ["\(index)"], keys: keys + [item.mark], diagnostics)
            }
        default: readLeaf(node, path: path, keys: keys, diagnostics)
        }
    }

    /// A text, nothing, or an empty section, which is as good as nothing.
    private mutating func readLeaf(
        _ node: YAMLNode, path: [String], keys: [SourceMark], _ diagnostics: Diagnostics
    ) {
        let text = node.isNull ? "" : node.text ?? ""
        let valueMark = node.isEmpty ? keys.last ?? node.mark : node.mark
        let setting = RuntimeSetting(path: path, text: text, origin: .file(keys: keys, value: valueMark))
        if let first = settings[setting.key] {
            diagnostics.error(
                "`\(setting.name)` is given twice; case does not tell keys apart", at: keys.last,
                fix: "remove one; the other is `\(first.name)`")
        } else {
            set(setting)
        }
    }
}

/// Environment variables of one kind.
private struct Layer {
    let prefix: String
    /// A variable of at least so many levels is meant for us even when it names nothing that is known.
    let ownDepth: Int

    private static let override = "YAML_OVERRIDE_"
    static let all = [
        Layer(prefix: "", ownDepth: .max),
        Layer(prefix: "PROMITOR_", ownDepth: 2),
        Layer(prefix: "PROMITOR_" + override, ownDepth: 1),
        Layer(prefix: "AZIMUTH_", ownDepth: 2),
        Layer(prefix: "AZIMUTH_" + override, ownDepth: 1),
    ]

    /// The path that the variable names; `nil` when it is none of this kind.
    func path(of name: String, schema: RuntimeSchema) -> [String]? {
        let upper = name.uppercased()
        guard upper.hasPrefix(prefix) else { return nil }
        let rest = name.dropFirst(prefix.count)
        if !prefix.isEmpty, !prefix.hasSuffix(Self.override), rest.uppercased().hasPrefix(Self.override) { return nil }
        let path = components(of: rest)
        guard path.count >= ownDepth || schema.key(path.map { $0.lowercased() }) != nil else { return nil }
        return path
    }

    /// Split at `__`.
    private func components(of text: Substring) -> [String] {
        var components = [""]
        var rest = text
        while let character = rest.popFirst() {
            if character == "_", rest.first == "_" {
                rest.removeFirst()
                components.append("")
            } else {
                components[components.count - 1].append(character)
            }
        }
        return components
    }
}
