/// Who watches a demo: a terminal that is drawn anew every second, or a file of lines.
public protocol DemoAudience: Sendable {
    /// A line that stays: what the demo consists of, and in the end how it went.
    func say(_ line: String)
    /// How things stand after a simulated minute.
    func show(_ frame: DemoFrame)
}
