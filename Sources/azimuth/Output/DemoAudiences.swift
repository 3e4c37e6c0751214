import Demo
import MetricModel

/// A line a minute, for files, pipes and whoever prefers it.
struct PlainAudience: DemoAudience {
    func say(_ line: String) { Output.standard(line) }
    func show(_ frame: DemoFrame) { Output.standard(frame.line) }
}

/// A table that is drawn anew every minute, in a terminal.
final class LiveAudience: DemoAudience {
    private let terminal: Terminal
    private let minutes: Int
    private let hasColor: Bool
    private let isUnicode: Bool

    private struct State {
        var isDrawing = true
        /// Said while drawing: it is written when the terminal is given back.
        var said: [String] = []
        var last: DemoFrame?
    }

    private let state = Lock(State())

    /// Takes the terminal, if there is one.
    /// - Parameter minutes: How long the demo is to last.
    init?(minutes: Int, environment: [String: String]) {
        guard let terminal = Terminal(environment: environment) else { return nil }
        self.terminal = terminal
        self.minutes = minutes
        hasColor = (environment["NO_COLOR"] ?? "").isEmpty
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        isUnicode = ["UTF-8", "UTF8"].contains { locale.uppercased().hasSuffix($0) }
    }

    func say(_ line: String) {
        let isDrawing = state.withLock { state in
            if state.isDrawing { state.said.append(line) }
            return state.isDrawing
        }
        if !isDrawing { Output.standard(line) }
    }

    func show(_ frame: DemoFrame) {
        state.withLock { state in
            state.last = frame
            if state.isDrawing { terminal.draw(lines(frame, size: terminal.size)) }
        }
    }

    /// Gives the terminal back and leaves there what was said and the last table. Does nothing when that was done.
    func end() {
        let ended = state.withLock { state -> State? in
            guard state.isDrawing else { return nil }
            terminal.restore()
            state.isDrawing = false
            return state
        }
        guard let ended else { return }
        ended.said.forEach(Output.standard)
        // Whole, however small the window is: it can be scrolled now.
        if let frame = ended.last {
            lines(frame, size: (terminal.size.width, .max)).dropLast(2).forEach(Output.standard)
        }
    }

    private func lines(_ frame: DemoFrame, size: (width: Int, height: Int)) -> [String] {
        LiveTable(width: size.width, height: size.height, hasColor: hasColor, isUnicode: isUnicode)
            .lines(frame, length: minutes)
    }
}
