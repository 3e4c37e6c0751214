#if canImport(Glibc)
    import Glibc
#endif

/// The terminal on standard output, lent for drawing: a screen of its own, no cursor, no echo of keys.
///
/// ``restore()`` gives back what was found. Keys that stop or dump a process are off meanwhile, since they would leave
/// the terminal as it is drawn; Ctrl-C works.
final class Terminal: Sendable {
    private let found: termios

    /// Takes the terminal.
    ///
    /// `nil` when there is none to draw on: a pipe or file, one that cannot move its cursor (`TERM=dumb`), or a process in
    /// the background, which the terminal would stop for it.
    init?(environment: [String: String]) {
        guard isatty(STDOUT_FILENO) == 1, tcgetpgrp(STDOUT_FILENO) == getpgrp(),
            let kind = environment["TERM"], !kind.isEmpty, kind != "dumb"
        else { return nil }
        var settings = termios()
        guard tcgetattr(STDOUT_FILENO, &settings) == 0 else { return nil }
        found = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        withUnsafeMutableBytes(of: &settings.c_cc) { keys in
            keys[Int(VSUSP)] = Self.disabledKey
            keys[Int(VQUIT)] = Self.disabledKey
        }
        tcsetattr(STDOUT_FILENO, TCSADRAIN, &settings)
        Output.raw("\u{1B}[?1049h\u{1B}[?25l")
    }

    /// `_POSIX_VDISABLE` on Linux, a macro with a cast.
    private static let disabledKey: UInt8 = 0

    /// Leaves the screen as it was before, with cursor and echo.
    func restore() {
        Output.raw("\u{1B}[?25h\u{1B}[?1049l")
        var settings = found
        // What was typed meanwhile was not meant for the shell.
        tcsetattr(STDOUT_FILENO, TCSAFLUSH, &settings)
    }

    /// Draws `lines` from the top, over what is there.
    func draw(_ lines: [String]) {
        let rows = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        Output.raw("\u{1B}[H" + rows + "\u{1B}[J")
    }

    /// Columns and lines, as of now: a window can be resized.
    var size: (width: Int, height: Int) {
        let size = Self.window
        return size.ws_col > 0 && size.ws_row > 0 ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
    }

    /// Columns of the terminal on standard output; `nil` when it is none.
    static var width: Int? {
        let columns = Int(window.ws_col)
        return isatty(STDOUT_FILENO) == 1 && columns > 0 ? columns : nil
    }

    /// Zeros when standard output has none.
    private static var window: winsize {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? size : winsize()
    }
}
