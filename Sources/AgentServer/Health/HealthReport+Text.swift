import MetricModel

extension HealthReport {
    /// Promitor's shape: `status`, `totalDuration`, and `entries` by name.
    public var json: String {
        let members = entries.map { "\(jsonString($0.name)):\($0.json)" }.joined(separator: ",")
        return """
            {"status":\(jsonString(status.rawValue)),"totalDuration":\(jsonString(timeSpan(totalDuration))),\
            "entries":{\(members)}}
            """
    }

    /// The same for people: every entry in words and, when it is not healthy, what to do.
    public var text: String {
        var lines = [status.rawValue]
        for entry in entries {
            lines.append("\(entry.name): \(entry.status.rawValue)")
            lines.append("  \(printable(entry.description))")
            if let remedy = entry.remedy { lines.append("  what to do: \(printable(remedy))") }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension HealthEntry {
    fileprivate var json: String {
        let remedy = remedy.map { [(name: "remedy", value: Fact.text($0))] } ?? []
        let data = (facts + remedy).map { "\(jsonString($0.name)):\($0.value.json)" }.joined(separator: ",")
        return """
            {"status":\(jsonString(status.rawValue)),"description":\(jsonString(description)),\
            "duration":\(jsonString(timeSpan(duration))),"data":{\(data)},"tags":[]}
            """
    }
}

extension HealthEntry.Fact {
    fileprivate var json: String {
        switch self {
        case .text(let text): jsonString(text)
        case .number(let number): "\(number)"
        }
    }
}

/// What comes from elsewhere must not drive the terminal it is shown on.
private func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
}

/// .NET's form of a length of time, `hh:mm:ss.fffffff`, in tenths of a microsecond.
func timeSpan(_ duration: Duration) -> String {
    let ticks = max(0, duration.wholeNanoseconds / 100)
    let seconds = ticks / 10_000_000
    func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let fraction = ticks % 10_000_000
    let time = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
    let days = seconds / 86_400
    return (days > 0 ? "\(days)." : "") + time + (fraction > 0 ? "." + padded(fraction, 7) : "")
}

/// `12 s`, `4 min`, `3 h`, `2 d`: rounded down to what one looks at.
func words(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) d"
    }
}

/// Enough of a message to know it by; the log has it whole.
func shortened(_ text: String) -> String {
    text.count <= 400 ? text : text.prefix(400) + "…"
}
