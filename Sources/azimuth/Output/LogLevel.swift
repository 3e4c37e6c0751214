import ArgumentParser
import Declaration
import Logging

/// The least severe lines that are logged, as the user names them: Promitor's and .NET's names, and swift-log's own.
struct LogLevel: ExpressibleByArgument {
    let level: Logger.Level

    init?(argument: String) {
        let name = argument.lowercased()
        guard let level = Verbosity(rawValue: name)?.level ?? Logger.Level(rawValue: name) else { return nil }
        self.level = level
    }

    static var allValueStrings: [String] { ["trace", "debug", "information", "warning", "error", "critical"] }
}

extension LogFormat: ExpressibleByArgument {}

extension Verbosity {
    /// The least level that is logged; Promitor logs critical entries even with `None`.
    var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .information: .info
        case .warning: .warning
        case .error: .error
        case .critical, .none: .critical
        }
    }
}
