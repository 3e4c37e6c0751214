import Testing

@testable import Declaration

@Suite struct YAMLTests {
    private func parse(_ text: String) -> (YAMLNode?, [String]) {
        let diagnostics = Diagnostics(file: "f", strict: false)
        return (YAML.parse(Array(text.utf8), diagnostics: diagnostics), rendered(diagnostics.sorted))
    }

    /// Flow style with places: `{a@1:1: x@1:4}`; quoted text in quotation marks.
    private func outline(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, let style): (style == .plain ? text : "\"\(text)\"") + "@\(node.mark)"
        case .sequence(let items): "[" + items.map(outline).joined(separator: ", ") + "]@\(node.mark)"
        case .mapping(let entries):
            "{" + entries.map { "\($0.key)@\($0.keyMark): \(outline($0.value))" }.joined(separator: ", ")
                + "}@\(node.mark)"
        }
    }

    static let shapes: [(String, String)] = [
        ("a: 1", "{a@1:1: 1@1:4}@1:1"),
        ("a:\n  - x\n  - b: 2\n", "{a@1:1: [x@2:5, {b@3:5: 2@3:8}@3:5]@2:3}@1:1"),
        ("a:\n- x\n", "{a@1:1: [x@2:3]@2:1}@1:1"),
        ("a: {b: 'x', c: [\"y\"]}", "{a@1:1: {b@1:5: \"x\"@1:8, c@1:13: [\"y\"@1:17]@1:16}@1:4}@1:1"),
        ("é: \"\u{1F600}\"\n\"b\": |\n  two\n  lines\n", "{é@1:1: \"\u{1F600}\"@1:4, b@2:1: \"two\nlines\n\"@2:6}@1:1"),
        ("a: \u{1F600} # c\nb:", "{a@1:1: \u{1F600}@1:4, b@2:1: @2:3}@1:1"),
        ("a: &x [1, 2]\nb: *x\n", "{a@1:1: [1@1:8, 2@1:11]@1:4, b@2:1: [1@1:8, 2@1:11]@1:4}@1:1"),
        ("a: &x p\nb: &x q\nc: *x\n*x : d", "{a@1:1: p@1:4, b@2:1: q@2:4, c@3:1: q@2:4, q@4:1: d@4:6}@1:1"),
        ("\u{FEFF}a: 1\r\nb: 2\r\n", "{a@1:1: 1@1:4, b@2:1: 2@2:4}@1:1"),
        ("{\"a\": [1, null]}", "{a@1:2: [1@1:8, null@1:11]@1:7}@1:1"),
        ("--- # c\na: !!str 5\n...\n", "{a@2:1: 5@2:4}@2:1"),
        ("just text", "just text@1:1"),
    ]

    @Test("every part keeps its place", arguments: shapes)
    func marks(text: String, expected: String) throws {
        let (node, problems) = parse(text)
        #expect(problems == [])
        #expect(outline(try #require(node)) == expected)
    }

    static let nulls: [(String, Bool)] = [
        ("a:", true), ("a: ~", true), ("a: null", true), ("a: NULL", true), ("a: Null", true), ("a: 'null'", false),
        ("a: \"\"", false), ("a: nUll", false), ("a: 0", false), ("a: []", false),
    ]

    @Test("null is what YAML's core schema calls so, without quotation marks", arguments: nulls)
    func null(text: String, expected: Bool) throws {
        #expect(try #require(parse(text).0?.entries?.first).value.isNull == expected)
    }

    static let refused: [(String, String)] = [
        ("a: 1\n\tb: 2", "error 2:1 a tab"), ("a:\n\t- 1", "error 2:1 a tab"),
        ("a: @b", "error 1:4 a value cannot start with @"), ("a: %b", "error 1:4 a value cannot start with %"),
        ("a: b: c", "error 1:5 a `:` cannot stand here"),
        ("a: 1\n b: 2", "error 2:3 a `:` cannot stand here"),
        ("a:\n  - 1\n b: 2", "error 3:2 this line does not fit"),
        ("- a\nb: 1", "error 2:1 this line does not fit"),
        ("a: 1\nfoo\nb: 2", "error 3:1 this line is no `key: value`"),
        ("a: 1\nb: 'x\nc: 1", "error 2:4 the quotation mark that opens here"),
        ("a: [1, 2\nb: 3", "error 2:2 a `,` or a closing bracket is missing before this; the bracket opens in line 1"),
        ("a: ]", "error 1:4 a value is missing before this"),
        ("a: \"x\\q\"", "error 1:6 this escape is unknown"),
        ("a: é\u{1}", "error 1:5 the control character 0x1"),
        ("a: *x", "error 1:4 the alias `*x` has no anchor"),
        (
            "a: &grain 1\nb: *grian",
            "error 2:4 the alias `*grian` has no anchor `&grian` before it; did you mean `grain`?"
        ),
        ("a: &x [*x]", "error 1:8 the alias `*x` stands inside its own anchor of line 1"),
        ("", "error the file is empty"), ("# nothing\n", "error the file is empty"),
        ("---\n", "error the file is empty"),
        ("%FOO bar\n---\na: 1", "error 1:5 this is not well-formed YAML: found unknown directive name"),
    ]

    @Test("what is no YAML is refused with one problem, at its place", arguments: refused)
    func syntax(text: String, expected: String) {
        let (node, problems) = parse(text)
        #expect(node == nil)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix(expected) == true, "\(problems)")
    }

    static let reported: [(String, [String])] = [
        ("a: 1\r\nb: 2\r\na: 3", ["error 3:1 the key `a` stands twice, first in line 1"]),
        (
            "a: {b: 1, 'b': 2}\nc: 1\nc: 2",
            ["error 1:11 the key `b`", "error 3:1 the key `c` stands twice, first in line 2"]
        ),
        ("a: 1\n---\nb: 2", ["warning 2:1 a second document"]),
        ("<<: {a: 1}\nb: 2", ["warning 1:1 the merge key `<<`"]), ("\"<<\": x", []),
        ("a: !include x", ["warning 1:4 the tag `!include` is ignored"]),
        ("? [a]\n: b\nc: d", ["error 1:3 a key must be text, not a list"]),
    ]

    @Test("what can be read past is reported and the rest is read", arguments: reported)
    func recoverable(text: String, expected: [String]) {
        let (node, problems) = parse(text)
        #expect(node != nil)
        #expect(problems.count == expected.count)
        for (problem, part) in zip(problems, expected) { #expect(problem.hasPrefix(part)) }
    }

    @Test("nesting ends at the limit", arguments: [(100, true), (101, false), (200_000, false)])
    func depth(levels: Int, isRead: Bool) {
        let text = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        let (node, problems) = parse(text)
        #expect((node != nil) == isRead)
        #expect(problems.count == (isRead ? 0 : 1))
        #expect(isRead || problems[0].hasPrefix("error 1:101 this is nested more than 100 levels deep"))
    }

    @Test("aliases cannot nest deeper than the limit either")
    func aliasDepth() {
        let opening = String(repeating: "[", count: 60)
        let closing = String(repeating: "]", count: 60)
        let (node, problems) = parse("a: &a \(opening)\(closing)\nb: \(opening)*a\(closing)")
        #expect(node == nil)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("error 2:64 this is nested more than 100") == true)
    }

    @Test("aliases expand to the limit and no further", arguments: [(256, true), (257, false)])
    func aliasExpansion(copies: Int, isRead: Bool) {
        // With the one that counts for each node, 64 KiB of text: 256 of them are the limit.
        let text = String(repeating: "x", count: (1 << 16) - 1)
        let aliases = Array(repeating: "*t", count: copies).joined(separator: ", ")
        let (node, problems) = parse("t: &t \(text)\nall: [\(aliases)]")
        #expect((node != nil) == isRead)
        #expect(problems.count == (isRead ? 0 : 1))
    }

    @Test("an alias bomb ends at once, in one error")
    func aliasBomb() {
        var text = "a0: &a0 [lol, lol]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let start = ContinuousClock.now
        let (node, problems) = parse(text)
        #expect(node == nil)
        #expect(problems.count == 1)
        #expect(problems.first?.contains("aliases expand to more than 16 MB") == true)
        #expect(ContinuousClock.now - start < .seconds(1))
    }
}
