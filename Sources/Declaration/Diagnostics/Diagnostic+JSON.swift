import MetricModel

extension Diagnostic {
    /// One JSON object on one line: `severity`, `file`, `line` and `column` when there is a place, `message`, and `fix`
    /// when there is one.
    public var json: String {
        var members = ["\"severity\":\(jsonString(severity.rawValue))", "\"file\":\(jsonString(file))"]
        if let mark { members += ["\"line\":\(mark.line)", "\"column\":\(mark.column)"] }
        members.append("\"message\":\(jsonString(message))")
        if let fix { members.append("\"fix\":\(jsonString(fix))") }
        return "{" + members.joined(separator: ",") + "}"
    }
}
