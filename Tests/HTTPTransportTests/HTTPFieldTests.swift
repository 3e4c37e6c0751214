import HTTPTransport
import Testing

@Suite struct HTTPFieldTests {
    @Test("names are tokens", arguments: ["a", "Z", "X-Scope-OrgID", "0", "!#$%&'*+-.^_`|~"])
    func name(text: String) { #expect(HTTPField.isName(text)) }

    @Test("no other text is a name", arguments: ["", " ", "a b", "a:", "a\n", "(a)", "a/b", "é", "\"a\"", "\u{7f}"])
    func noName(text: String) { #expect(!HTTPField.isName(text)) }

    @Test("values are anything on one line", arguments: ["", " ", "a b", "a\tb", "ü", "k=v, k2=\"v:2\"", "\u{a0}"])
    func value(text: String) { #expect(HTTPField.isValue(text)) }

    @Test("no value ends its line", arguments: ["a\n", "a\r\nb: c", "\r", "\u{0}", "\u{1f}", "\u{7f}"])
    func noValue(text: String) { #expect(!HTTPField.isValue(text)) }
}
