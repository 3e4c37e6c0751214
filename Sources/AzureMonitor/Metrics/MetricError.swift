/// A metric's own failure inside an answer with status 200.
public struct MetricError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Azure's word: `InvalidSamplingType`.
    public var code: String
    /// Azure's text; may be empty.
    public var message: String

    /// A failure with Azure's code and text.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message.isEmpty ? code : "\(code): \(message)" }
}
