/// A part of a YAML document and where it stands. What an alias names keeps the place of its anchor.
public struct YAMLNode: Sendable {
    /// Shapes of YAML. Tags are not kept.
    public indirect enum Content: Sendable {
        case scalar(String, ScalarStyle)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    /// Whether text stood as it is or in quotation marks (or as a block), which makes `null` a word.
    public enum ScalarStyle: Sendable {
        case plain, quoted
    }

    public let content: Content
    /// The first character: of a mapping its first key or its brace, of a sequence its first dash or its bracket.
    public let mark: SourceMark

    /// `content`, found at `mark`.
    public init(_ content: Content, mark: SourceMark) {
        self.content = content
        self.mark = mark
    }

    /// The text of a scalar.
    public var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// The items of a sequence.
    public var items: [YAMLNode]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    /// The entries of a mapping, in their order, each key once.
    public var entries: [YAMLEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// Nothing at all, `~` or `null`, without quotation marks.
    public var isNull: Bool {
        guard case .scalar(let text, .plain) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// Nothing at all: `key:` and the end of the line.
    public var isEmpty: Bool {
        if case .scalar("", .plain) = content { true } else { false }
    }

    /// "text", "a list" or "a mapping", for messages.
    public var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// A key and its value.
public struct YAMLEntry: Sendable {
    public let key: String
    public let keyMark: SourceMark
    public let value: YAMLNode

    /// `key: value`, with the key at `keyMark`.
    public init(key: String, keyMark: SourceMark, value: YAMLNode) {
        self.key = key
        self.keyMark = keyMark
        self.value = value
    }

    /// Where to point when the value is wrong: the value, or the key when nothing follows it.
    public var valueMark: SourceMark { value.isEmpty ? keyMark : value.mark }
}
