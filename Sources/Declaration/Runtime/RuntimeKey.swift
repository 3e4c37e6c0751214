/// A key of `runtime.yaml`: how it is spelled, what it holds and whether it does anything.
struct RuntimeKey: Sendable {
    /// What the text of a key must be.
    enum Kind: Sendable {
        case text, boolean, number, duration
        case integer(ClosedRange<Int>)
        case words([String])
    }

    /// A part of the file that has no effect, and why.
    struct Idle: Hashable, Sendable {
        let section: String
        let reason: String
    }

    /// From the top down; `*` stands for any one name.
    let path: [String]
    let kind: Kind
    /// `nil` when the key is honoured.
    let idle: Idle?

    private init(_ path: String, _ kind: Kind, idle: Idle?) {
        self.path = path.split(separator: ".").map(String.init)
        self.kind = kind
        self.idle = idle
    }

    /// A key that is honoured.
    static func used(_ path: String, _ kind: Kind = .text) -> RuntimeKey {
        RuntimeKey(path, kind, idle: nil)
    }

    /// The keys of a section without effect; with the name `""` the section is itself a key.
    static func idle(_ section: String, _ reason: String, _ keys: KeyValuePairs<String, Kind>) -> [RuntimeKey] {
        keys.map { name, kind in
            RuntimeKey(
                name.isEmpty ? section : section + "." + name, kind, idle: Idle(section: section, reason: reason))
        }
    }
}

/// What is known of the keys below one place of the file.
struct RuntimeSchema: Sendable {
    static let runtime = RuntimeSchema(runtimeKeys)

    /// By path in lower case.
    private var keys: [[String]: RuntimeKey] = [:]
    /// The names below each section, spelled as they should be, by the section's path in lower case.
    private var names: [[String]: [String]] = [:]

    init(_ all: [RuntimeKey]) {
        for key in all {
            let path = key.path.map { $0.lowercased() }
            keys[path] = key
            for depth in path.indices where names[Array(path[..<depth])]?.contains(key.path[depth]) != true {
                names[Array(path[..<depth]), default: []].append(key.path[depth])
            }
        }
    }

    /// The key at `path`, in lower case.
    func key(_ path: [String]) -> RuntimeKey? {
        resolved(path).flatMap { keys[$0] }
    }

    /// The names that the section at `path` knows; `nil` when there is no such section.
    func names(below path: [String]) -> [String]? {
        resolved(path).flatMap { names[$0] }
    }

    /// The path as the table has it: `*` where a section takes any name.
    private func resolved(_ path: [String]) -> [String]? {
        var known: [String] = []
        for name in path {
            guard let names = names[known] else { return nil }
            if names == ["*"] {
                known.append("*")
            } else if names.contains(where: { $0.lowercased() == name }) {
                known.append(name)
            } else {
                return nil
            }
        }
        return known
    }
}
