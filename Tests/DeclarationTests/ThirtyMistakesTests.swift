import Foundation
import Testing

@testable import Declaration

@Suite struct ThirtyMistakesTests {
    private struct Expectation {
        let severity: String
        let mark: SourceMark
        let part: String
    }

    private let path = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/thirty-mistakes.yaml").path

    /// The `#! severity column part` at the ends of lines.
    private func expectations() throws -> [Expectation] {
        let lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
        return lines.enumerated().compactMap { index, line in
            guard !line.hasPrefix("#"), let range = line.range(of: "#! ") else { return nil }
            let words = line[range.upperBound...].split(separator: " ", maxSplits: 2)
            guard words.count == 3, let column = Int(words[1]) else { return nil }
            return Expectation(
                severity: String(words[0]), mark: SourceMark(line: index + 1, column: column), part: String(words[2]))
        }
    }

    @Test("thirty planted mistakes are reported, each at its place, and nothing else")
    func exactlyThose() throws {
        let expected = try expectations()
        #expect(expected.count == 30)
        let (declaration, found) = DeclarationLoader.load(path: path, environment: [:], strict: false)
        #expect(declaration == nil)
        #expect(found.count == 30)
        #expect(found.map { $0.mark } == expected.map { $0.mark }, "\(rendered(found).joined(separator: "\n"))")
        for (diagnostic, expectation) in zip(found, expected) {
            #expect(diagnostic.severity.rawValue == expectation.severity, "\(diagnostic)")
            #expect(diagnostic.description.contains(expectation.part))
            #expect(diagnostic.fix?.isEmpty == false, "\(diagnostic)")
        }
    }

    @Test("strict reports the same, all as errors")
    func strict() throws {
        let (_, found) = DeclarationLoader.load(path: path, environment: [:], strict: true)
        #expect(found.map { $0.mark } == (try expectations()).map { $0.mark })
        #expect(found.allSatisfy { $0.severity == .error })
    }
}
