/// A text that never shows: not in a log, an error, a dump, nor as part of another value that is printed.
public struct Secret: Hashable, Sendable {
    /// The text itself, for those who must send it.
    public let value: String

    /// Hides `value`.
    public init(_ value: String) {
        self.value = value
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
