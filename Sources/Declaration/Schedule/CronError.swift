/// Why a text is no schedule.
public struct CronError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public var message: String
    /// Characters of the text before the place where it went wrong.
    public var offset: Int

    public var description: String { message }
}
