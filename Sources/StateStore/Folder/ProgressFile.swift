import MetricModel

/// Per destination a T: everything that ended before it is delivered or counted; and when the first pair was planned
/// (rule L5). Its text:
///
///     born 2026-11-20T08:00:00Z
///     2026-11-26T15:00:00Z openTelemetryCollector
///     end
enum ProgressFile {
    struct Content: Equatable {
        var progress: [String: Timestamp] = [:]
        var born: Timestamp?

        var isEmpty: Bool { progress.isEmpty && born == nil }
    }

    /// More than this is no file of ours.
    private static let limit = 64 << 10

    static func text(_ content: Content) -> String {
        let born = content.born.map { "born \(Timestamp(seconds: $0.seconds))\n" } ?? ""
        return born
            + content.progress.sorted { $0.key < $1.key }.map { "\(Timestamp(seconds: $0.value.seconds)) \($0.key)\n" }
            .joined() + "end\n"
    }

    /// What the file says; nothing when any of it cannot be understood: a T that is missing would make a hole.
    static func read(_ path: String) -> Content {
        guard let bytes = Files.read(path, limit: limit) else { return Content() }
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.popLast() == "end" else { return Content() }
        var content = Content()
        for line in lines {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return Content() }
            if parts[0] == "born" {
                guard let time = Timestamp(iso8601: parts[1]) else { return Content() }
                content.born = time
            } else {
                guard let time = Timestamp(iso8601: parts[0]) else { return Content() }
                content.progress[String(parts[1])] = time
            }
        }
        return content
    }
}
