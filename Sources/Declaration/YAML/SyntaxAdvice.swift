/// What libyaml cannot read, in words that say how to mend it.
struct SyntaxAdvice {
    let message: String
    let mark: SourceMark
    let fix: String?

    /// Explains `error`, which arose in `text`.
    init(_ error: YAMLSyntaxError, text: UnsafeBufferPointer<UInt8>) {
        if let offset = error.byteOffset {
            let value = String(text[offset], radix: 16, uppercase: true)
            message = "the control character 0x\(value) is not allowed in YAML"
            mark = SourceMark(ofByte: offset, in: text)
            fix = "remove it, or write it as an escape in double quotation marks"
        } else if let character = Self.character(at: error.mark, in: text), character == "\t" {
            message = "a tab stands where YAML wants spaces"
            mark = error.mark
            fix = "indent with spaces"
        } else if error.context == "while scanning a quoted scalar", let start = error.contextMark {
            message = "the quotation mark that opens here is never closed"
            mark = start
            fix = "close it"
        } else {
            (message, fix) = Self.explain(error, character: Self.character(at: error.mark, in: text))
            mark = error.mark
        }
    }

    private static func explain(_ error: YAMLSyntaxError, character: Character?) -> (String, String?) {
        switch error.problem {
        case "found character that cannot start any token":
            ("a value cannot start with \(character.map(String.init) ?? "this")", "put the value in quotation marks")
        case "mapping values are not allowed in this context":
            ("a `:` cannot stand here", "check the indentation, or put a value with `: ` in quotation marks")
        case "did not find expected key", "did not find expected '-' indicator":
            ("this line does not fit the block around it", "check the indentation here and in the line above")
        case "could not find expected ':'":
            ("this line is no `key: value`", "add the `:`, or check the indentation")
        case "did not find expected ',' or '}'", "did not find expected ',' or ']'":
            ("a `,` or a closing bracket is missing before this", "the bracket opens in line \(line(error))")
        case "did not find expected node content": ("a value is missing before this", "check the brackets")
        case "found unknown escape character":
            (
                "this escape is unknown in double quotation marks",
                "write `\\\\` for a backslash, or use single quotation marks"
            )
        default: ("this is not well-formed YAML: \(error.problem)", nil)
        }
    }

    private static func line(_ error: YAMLSyntaxError) -> Int { (error.contextMark ?? error.mark).line }

    private static func character(at mark: SourceMark, in text: UnsafeBufferPointer<UInt8>) -> Character? {
        var lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: mark.line, omittingEmptySubsequences: false)
        guard lines.count >= mark.line else { return nil }
        let line = String(decoding: lines.remove(at: mark.line - 1), as: UTF8.self).unicodeScalars
        return line.dropFirst(mark.column - 1).first.map(Character.init)
    }
}
