import Testing
@testable import Declaration
@Test func scratch() {
    let texts = [
        "a: 1\n\tb: 2\n", "a:\n\t- 1\n", "a: @b\n", "a: `b`\n", "a: b: c\n", "a: 1\n b: 2\n", "a:\n  - 1\n b: 2\n", "a: 'x\nb: 1\n", "a: [1, 2\nb: 3\n", "a: {x: 1\nb: 2\n",
        "a: 1\nfoo\nb: 2\n", "a: \u{1}x\n", "a: *x\n", "a: &x [*x]\n", "\u{FEFF}a: é\nb: \"\u{1F600}\" : 3\n", "a: 1\r\nb: 2\r\na: 3\r\n", "", "# only\n", "---\n", "a: 1\n---\nb: 2\n", "a: 1\n---\n@\n", "<<: {a: 1}\nb: 2\n",
        "a: !include foo\n", "? [a]\n: b\n", "a: %x\n", "- a\nb: 1\n", "key:\n- a\n- b\nother: 1\n\tx: 2", "a: \"x\\qy\"\n", "a: &x\nb: *x", "a:\t1\n", "a: 1\t# c\n", "%FOO bar\n---\na: 1", "a: |\n  x\n y\nb: 1", "}", "a: 1\n  \t\nb: 2", "a: ]", "interval: 00:05:00", "a: \"unterminated", "\ta: 1", "a: b\n- c", "a: *", "a: &", "a: !<"
    ]
    for text in texts {
        let d = Diagnostics(file: "f", strict: false)
        let n = YAML.parse(Array(text.utf8), diagnostics: d)
        print("\(text.debugDescription) -> \(n == nil ? "nil" : "ok")")
        for x in d.sorted { print("    \(x)") }
    }
}
