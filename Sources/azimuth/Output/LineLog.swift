import Logging
import MetricModel

/// How log lines look.
enum LogFormat: String, CaseIterable, Sendable {
    case text, json
}

/// Writes log lines to standard error: constant messages, the facts as `key=value` or as JSON members.
struct LineLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let format: LogFormat

    init(level: Logger.Level, format: LogFormat) {
        logLevel = level
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let time = SystemClock().systemNow.description
        switch format {
        case .text:
            let tail = facts.map { " \($0.key)=\(quotedIfNeeded("\($0.value)"))" }.joined()
            Output.error("\(time) \(event.level.rawValue) \(event.message)\(tail)")
        case .json:
            let head = [
                ("time", time), ("level", event.level.rawValue), ("message", "\(event.message)"),
            ]
            let members = (head + facts.map { ($0.key, "\($0.value)") }).map {
                "\(jsonString($0.0)):\(jsonString($0.1))"
            }
            Output.error("{" + members.joined(separator: ",") + "}")
        }
    }

    private func quotedIfNeeded(_ value: String) -> String {
        let isPlain =
            !value.isEmpty && !value.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "=") }
        return isPlain ? value : jsonString(value)
    }
}
