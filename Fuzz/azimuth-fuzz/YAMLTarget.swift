import Declaration

/// Both files, from any bytes: a value or at least one error, each finding in words and inside the file.
enum YAMLTarget {
    @Sendable static func run(_ input: [UInt8]) {
        for isStrict in [false, true] {
            let (declaration, findings) = DeclarationLoader.load(
                bytes: input, file: "declaration", environment: [:], strict: isStrict)
            check(findings, hasValue: declaration != nil, of: input)
            let reading = ConfigurationLoader.loadRuntime(
                bytes: input, file: "runtime", environment: [:], strict: isStrict)
            check(reading.diagnostics, hasValue: reading.configuration != nil, of: input)
        }
    }

    private static func check(_ findings: [Diagnostic], hasValue: Bool, of input: [UInt8]) {
        let hasError = findings.contains { $0.severity == .error }
        promise(hasValue != hasError, "there is a value if, and only if, there is no error: \(findings)")
        for finding in findings {
            promise(!finding.message.isEmpty, "every finding has words")
            // YAML has line breaks of up to three bytes, so there are at most as many lines as bytes, and one.
            promise((1...input.count + 1).contains(finding.mark?.line ?? 1), "a finding lies in the file: \(finding)")
        }
    }
}
