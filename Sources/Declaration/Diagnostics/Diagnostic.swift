/// A place in a text file. Both numbers count from 1; the column counts characters.
public struct SourceMark: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let line: Int
    public let column: Int

    /// The character `column` of `line`.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: SourceMark, right: SourceMark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    /// `12:3`.
    public var description: String { "\(line):\(column)" }
}

/// One problem in a file: where it is, what is wrong, and how to mend it.
public struct Diagnostic: Hashable, Sendable {
    /// An error refuses the file; a warning says what is done instead of what stands there.
    public enum Severity: String, Hashable, Sendable {
        case error, warning
    }

    public let severity: Severity
    /// As the user named it.
    public let file: String
    /// `nil` when the problem is the file itself.
    public let mark: SourceMark?
    /// What is wrong, without a full stop.
    public let message: String
    /// What to write or do instead.
    public let fix: String?

    /// A problem in `file` at `mark`.
    public init(_ severity: Severity, file: String, mark: SourceMark?, message: String, fix: String? = nil) {
        self.severity = severity
        self.file = file
        self.mark = mark
        self.message = message
        self.fix = fix
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `metrics.yaml:12:3: error: unknown resource type `KeyVualt`; did you mean `KeyVault`?`, as compilers write it.
    public var description: String {
        let place = mark.map { "\(file):\($0)" } ?? file
        return "\(place): \(severity.rawValue): \(message)" + (fix.map { "; \($0)" } ?? "")
    }
}

extension Diagnostic: Comparable {
    /// By file, then by position; what concerns the whole file comes first.
    public static func < (left: Diagnostic, right: Diagnostic) -> Bool { left.order < right.order }

    private var order: (String, Int, Int, String, String, String) {
        (file, mark?.line ?? 0, mark?.column ?? 0, severity.rawValue, message, fix ?? "")
    }
}
