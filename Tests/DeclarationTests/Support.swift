import Foundation
import Testing

@testable import Declaration

/// `error 3:5` and the message with its fix.
func rendered(_ diagnostics: [Diagnostic]) -> [String] {
    diagnostics.map { diagnostic in
        let place = diagnostic.mark.map { " \($0)" } ?? ""
        return "\(diagnostic.severity.rawValue)\(place) \(diagnostic.message); \(diagnostic.fix ?? "")"
    }
}

/// Loads a declaration in which each `§` stands before the place of one expected diagnostic, and checks that there are
/// those and no others.
/// - Parameter expected: In the file's order: the severity's first letter (`E` or `W`) and a part of message or fix.
func expectDiagnostics(
    _ marked: String, _ expected: [String], strict: Bool = false, environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var marks: [SourceMark] = []
    var line = 1
    var column = 1
    for character in marked {
        if character == "§" {
            marks.append(SourceMark(line: line, column: column))
        } else if character == "\n" {
            (line, column) = (line + 1, 1)
        } else {
            column += 1
        }
    }
    let text = marked.filter { $0 != "§" }
    let (declaration, found) = DeclarationLoader.load(
        bytes: Array(text.utf8), file: "metrics.yaml", environment: environment, strict: strict)
    #expect(
        found.map { $0.mark } == marks && found.count == expected.count, "\(rendered(found))",
        sourceLocation: sourceLocation)
    for (diagnostic, expectation) in zip(found, expected) {
        let severity: Diagnostic.Severity = expectation.hasPrefix("E") ? .error : .warning
        let full = diagnostic.message + "; " + (diagnostic.fix ?? "")
        #expect(diagnostic.severity == severity, "\(full)", sourceLocation: sourceLocation)
        #expect(full.contains(expectation.dropFirst(2)), sourceLocation: sourceLocation)
    }
    #expect(
        (declaration == nil) == found.contains { $0.severity == .error },
        "a declaration exactly when there is no error",
        sourceLocation: sourceLocation)
}

/// A declaration that is well, but for the parts given.
func sample(
    azure: String = "tenantId: t\nsubscriptionId: s\nresourceGroupName: g",
    defaults: String = "aggregation: {interval: 00:01:00}\nscraping: {schedule: \"0 * * * * *\"}",
    metric: String = metric()
) -> String {
    func indented(_ text: String, by indent: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { indent + $0 }.joined(separator: "\n")
    }
    return """
        version: v1
        azureMetadata:
        \(indented(azure, by: "  "))
        metricDefaults:
        \(indented(defaults, by: "  "))
        metrics:
          - name: m
        \(indented(metric, by: "    "))

        """
}

/// A metric without its name.
func metric(
    type: String = "VirtualMachine",
    configuration: String = "{metricName: CPU, aggregation: {type: Average}}",
    resources: String = "[{virtualMachineName: vm-1}]", more: String = ""
) -> String {
    "description: d\nresourceType: \(type)\nazureMetricConfiguration: \(configuration)\nresources: \(resources)\n"
        + more
}

/// A folder of its own, removed afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "declaration-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
