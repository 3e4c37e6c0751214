/// Puts the first document together from events, within bounds of depth and of what aliases may expand to.
struct YAMLComposer: ~Copyable {
    /// A problem after which nothing more can be read.
    struct Refusal: Error {
        let message: String
        let mark: SourceMark
        let fix: String?
    }

    /// A node, how much text it is with its aliases written out, and how deep it is.
    private struct Composed {
        let node: YAMLNode
        let weight: Int
        let height: Int
    }

    private enum Anchor {
        case open(SourceMark)
        case complete(Composed)
    }

    private var events: YAMLEventStream
    private let diagnostics: Diagnostics
    private var anchors: [String: Anchor] = [:]
    private var expandedBytes = 0

    init(events: consuming YAMLEventStream, diagnostics: Diagnostics) {
        self.events = events
        self.diagnostics = diagnostics
    }

    /// The root of the first document, or `nil` when there is none.
    mutating func firstDocument() throws -> YAMLNode? {
        _ = try events.next()
        guard case .documentStart = try events.next().kind else { return nil }
        let root = try compose(try events.next(), depth: 1).node
        _ = try events.next()
        let next = try events.next()
        if case .documentStart = next.kind {
            diagnostics.warn(
                "a second document starts here; only the first is read", at: next.mark,
                fix: "keep one document per file")
        }
        return root
    }

    private mutating func compose(_ event: YAMLEvent, depth: Int) throws -> Composed {
        guard depth <= YAML.maximumDepth else { throw tooDeep(at: event.mark) }
        if let tag = event.foreignTag {
            diagnostics.warn("the tag `\(tag)` is ignored", at: event.mark, fix: "write the value itself")
        }
        if let anchor = event.anchor { anchors[anchor] = .open(event.mark) }
        let composed: Composed
        switch event.kind {
        case .alias(let name): return try expand(name, at: event.mark, depth: depth)
        case .sequenceStart: composed = try composeSequence(at: event.mark, depth: depth)
        case .mappingStart: composed = try composeMapping(at: event.mark, depth: depth)
        case .scalar(let text, let style):
            let node = YAMLNode(.scalar(text, style), mark: event.mark)
            composed = Composed(node: node, weight: text.utf8.count + 1, height: 1)
        default:
            throw Refusal(message: "this is not well-formed YAML", mark: event.mark, fix: nil)
        }
        if let anchor = event.anchor { anchors[anchor] = .complete(composed) }
        return composed
    }

    private mutating func composeSequence(at mark: SourceMark, depth: Int) throws -> Composed {
        var items: [YAMLNode] = []
        var weight = 1
        var height = 0
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { break }
            let item = try compose(event, depth: depth + 1)
            items.append(item.node)
            weight += item.weight
            height = max(height, item.height)
        }
        return Composed(node: YAMLNode(.sequence(items), mark: mark), weight: weight, height: height + 1)
    }

    private mutating func composeMapping(at mark: SourceMark, depth: Int) throws -> Composed {
        var entries: [YAMLEntry] = []
        var firstMarks: [String: SourceMark] = [:]
        var weight = 1
        var height = 0
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let key = try compose(event, depth: depth + 1)
            let value = try compose(try events.next(), depth: depth + 1)
            weight += key.weight + value.weight
            height = max(height, key.height, value.height)
            if let text = acceptedKey(key.node, at: event.mark, before: &firstMarks) {
                entries.append(YAMLEntry(key: text, keyMark: event.mark, value: value.node))
            }
        }
        return Composed(node: YAMLNode(.mapping(entries), mark: mark), weight: weight, height: height + 1)
    }

    /// The key's text, unless the entry must be left out, which is reported.
    private func acceptedKey(
        _ key: YAMLNode, at mark: SourceMark, before firstMarks: inout [String: SourceMark]
    ) -> String? {
        guard case .scalar(let text, let style) = key.content else {
            diagnostics.error("a key must be text, not \(key.kind)", at: mark, fix: "quote it if it starts with [ or {")
            return nil
        }
        if text == "<<", style == .plain {
            diagnostics.warn(
                "the merge key `<<` is not part of YAML 1.2 and is ignored", at: mark,
                fix: "repeat the keys, or use an alias (`*name`) as the value of each")
            return nil
        }
        if let first = firstMarks[text] {
            diagnostics.error(
                "the key `\(text)` stands twice, first in line \(first.line)", at: mark, fix: "remove one of them")
            return nil
        }
        firstMarks[text] = mark
        return text
    }

    private mutating func expand(_ name: String, at mark: SourceMark, depth: Int) throws -> Composed {
        switch anchors[name] {
        case nil:
            throw Refusal(
                message: "the alias `*\(name)` has no anchor `&\(name)` before it", mark: mark,
                fix: Suggestion.fix(for: name, among: anchors.keys) ?? "quote the value if no alias is meant")
        case .open(let anchorMark):
            throw Refusal(
                message: "the alias `*\(name)` stands inside its own anchor of line \(anchorMark.line)", mark: mark,
                fix: "write the value itself")
        case .complete(let target):
            guard depth + target.height - 1 <= YAML.maximumDepth else { throw tooDeep(at: mark) }
            expandedBytes += target.weight
            guard expandedBytes <= YAML.maximumExpandedBytes else {
                throw Refusal(
                    message: "with this one, aliases expand to more than 16 MB of text; nothing was read", mark: mark,
                    fix: "use fewer aliases, or aliases of smaller parts")
            }
            return target
        }
    }

    private func tooDeep(at mark: SourceMark) -> Refusal {
        Refusal(
            message: "this is nested more than \(YAML.maximumDepth) levels deep; nothing was read", mark: mark,
            fix: "check for brackets or dashes that are never closed")
    }
}
