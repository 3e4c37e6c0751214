import Foundation
import Testing

@testable import Declaration

@Suite struct DiagnosticTests {
    @Test("a diagnostic reads as compilers write it")
    func rendering() {
        let mark = SourceMark(line: 12, column: 3)
        let placed = Diagnostic(.error, file: "m.yaml", mark: mark, message: "no", fix: "yes")
        #expect(placed.description == "m.yaml:12:3: error: no; yes")
        #expect(Diagnostic(.warning, file: "m.yaml", mark: nil, message: "no").description == "m.yaml: warning: no")
    }

    @Test("the JSON form survives every character", arguments: ["\"\\/\n\r\t\u{0}\u{1F}\u{7F}é\u{1F600}\u{2028}", ""])
    func json(text: String) throws {
        let diagnostic = Diagnostic(
            .error, file: text, mark: SourceMark(line: 1, column: 2), message: text, fix: text)
        #expect(!diagnostic.json.contains("\n"))
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(diagnostic.json.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["severity", "file", "line", "column", "message", "fix"])
        #expect(object["severity"] as? String == "error")
        #expect(object["line"] as? Int == 1)
        #expect(object["column"] as? Int == 2)
        for key in ["file", "message", "fix"] { #expect(object[key] as? String == text) }
    }

    @Test("what is not known is left out of the JSON form")
    func sparseJSON() {
        let diagnostic = Diagnostic(.warning, file: "f", mark: nil, message: "m")
        #expect(diagnostic.json == #"{"severity":"warning","file":"f","message":"m"}"#)
    }

    @Test("problems come once, in the order of the file")
    func order() {
        let diagnostics = Diagnostics(file: "f", strict: false)
        diagnostics.warn("late", at: SourceMark(line: 10, column: 1))
        diagnostics.warn("right", at: SourceMark(line: 2, column: 9))
        diagnostics.error("left", at: SourceMark(line: 2, column: 1))
        diagnostics.warn("late", at: SourceMark(line: 10, column: 1))
        diagnostics.error("file", at: nil)
        #expect(diagnostics.sorted.map(\.message) == ["file", "left", "right", "late"])
    }

    @Test("strict makes a warning an error", arguments: [false, true])
    func strict(strict: Bool) {
        let diagnostics = Diagnostics(file: "f", strict: strict)
        #expect(!diagnostics.hasErrors)
        diagnostics.warn("w", at: nil)
        #expect(diagnostics.hasErrors == strict)
        #expect(diagnostics.sorted.map(\.severity) == [strict ? .error : .warning])
    }

    @Test("a note stays a warning", arguments: [false, true])
    func note(strict: Bool) {
        let diagnostics = Diagnostics(file: "f", strict: strict)
        diagnostics.note("n", at: nil)
        #expect(!diagnostics.hasErrors)
        #expect(diagnostics.sorted.map(\.severity) == [.warning])
    }

    @Test("beyond the limit problems are counted", arguments: [0, 1, 7])
    func limit(excess: Int) {
        let diagnostics = Diagnostics(file: "f", strict: false)
        for line in 0..<(Diagnostics.maximumListed + excess) {
            diagnostics.warn("w", at: SourceMark(line: line, column: 1))
        }
        #expect(diagnostics.sorted.count == Diagnostics.maximumListed + (excess > 0 ? 1 : 0))
        #expect(excess == 0 || diagnostics.sorted.last?.message == "\(excess) more problems are not listed")
    }

    static let metricNames = [
        "Percentage CPU", "Available Memory Bytes", "Network In Total", "Network Out Total", "Disk Read Bytes",
        "Disk Read Operations/Sec", "connectedclients", "ServiceApiHit", "ServiceApiResult",
    ]

    static let similar: [(String, [String])] = [
        ("Percentage GPU", ["Percentage CPU"]), ("percentage cpu", ["Percentage CPU"]),
        ("CPU Percentage", ["Percentage CPU"]), ("cpu", ["Percentage CPU"]), ("Network In", ["Network In Total"]),
        ("connected_clients", ["connectedclients"]), ("apiServiceHit", ["ServiceApiHit", "ServiceApiResult"]),
        ("Requests", []), ("", []),
    ]

    @Test("similar names: few edits, else shared words, else none; three at most", arguments: similar)
    func similarNames(name: String, expected: [String]) {
        let found = Suggestion.similar(to: name, among: Self.metricNames)
        #expect(Array(found.prefix(max(1, expected.count))) == expected && found.count <= 3, "\(found)")
    }

    static let suggestions: [(String, String?)] = [
        ("metricNmae", "did you mean `metricName`?"), ("MetricName", "did you mean `metricName`?"),
        ("metricName1", "did you mean `metricName`?"), ("limt", "did you mean `limit`?"),
        ("METRICNAME", "did you mean `metricName`?"), ("dimensio", "did you mean `dimension`?"),
        ("dimensionX", "did you mean `dimension` or `dimensions`?"), ("metric", nil), ("xy", nil), ("", nil),
    ]

    @Test("suggestions are at most two edits away", arguments: suggestions)
    func suggest(word: String, expected: String?) {
        let known = ["metricName", "limit", "dimension", "dimensions", "id"]
        #expect(Suggestion.fix(for: word, among: known) == expected)
    }

    static let distances: [(String, String, Int?)] = [
        ("", "", 0), ("a", "", 1), ("kitten", "sitten", 1), ("kitten", "sittin", 2), ("kitten", "sitting", nil),
        ("ab", "ba", 2), ("abc", "abcdef", nil),
    ]

    @Test("the distance counts edits", arguments: distances)
    func distance(left: String, right: String, expected: Int?) {
        #expect(Suggestion.editDistance(Array(left.utf8), Array(right.utf8), limit: 2) == expected)
        #expect(Suggestion.editDistance(Array(right.utf8), Array(left.utf8), limit: 2) == expected)
    }
}
