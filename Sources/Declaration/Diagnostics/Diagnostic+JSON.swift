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

/// `text` as a JSON string (RFC 8259, section 7), quotation marks included.
private func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\0"..<" ":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
