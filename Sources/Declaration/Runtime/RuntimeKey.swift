/// A key of `runtime.yaml`: how it is spelled, what it holds and whether it does anything.
struct RuntimeKey: Sendable {
    /// What the text of a key must be.
    enum Kind: Sendable {
        case text, boolean, number
        /// A length of time; the agent computes with those that have a limit.
        case duration(DurationLimit?)
        case integer(ClosedRange<Int>)
        case words([String])
        /// A size in memory or on disk.
        case bytes
        /// HTTP statuses of failures, commas between them.
        case statuses
    }

    /// A part of the file that has no effect, and why.
    struct Idle: Hashable, Sendable {
        let section: String
        let reason: String
        /// Asks for what is the case here anyhow, which is no word worth: `isEnabled=false` of something that is not there.
        let agreed: Agreed?
    }

    /// A key below the section and the text that makes the section agree with what is done here; the name `""` is the section.
    struct Agreed: Hashable, Sendable {
        let name: String
        let text: String
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
    static func idle(
        _ section: String, _ reason: String, unless agreed: Agreed? = nil, _ keys: KeyValuePairs<String, Kind>
    ) -> [RuntimeKey] {
        let idle = Idle(section: section, reason: reason, agreed: agreed)
        return keys.map { name, kind in RuntimeKey(path(section, name), kind, idle: idle) }
    }

    /// The path of the key `name` of a section; the section itself when `name` is empty.
    static func path(_ section: String, _ name: String) -> String {
        name.isEmpty ? section : section + "." + name
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

    /// Whether no key below the top-level `section`, in lower case, is honoured.
    func isIdle(_ section: String) -> Bool {
        keys.values.allSatisfy { $0.path[0].lowercased() != section || $0.idle != nil }
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
