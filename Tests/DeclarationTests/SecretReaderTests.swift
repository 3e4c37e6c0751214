import Testing

@testable import Declaration

@Suite struct SecretReaderTests {
    static let rows: [(String, String?, String?)] = [
        ("{rawValue: abc}", "abc", nil), ("{environmentVariable: SAS}", "from-environment", nil),
        (
            "{rawValue: abc, environmentVariable: SAS}", "from-environment",
            "warning 1:27 the secret `sasToken` has two sources"
        ),
        ("{rawValue: abc, environmentVariable: NONE}", nil, "error 1:48 the environment variable `NONE`"),
        ("{environmentVariable: BLANK}", nil, "error 1:33 the environment variable `BLANK`"),
        ("{}", nil, "error 1:11 the secret `sasToken` has no source"),
        ("abc", nil, "error 1:11 `sasToken` must be a mapping, not text"),
        ("{rawvalue: abc}", nil, "error 1:11 the secret `sasToken` has no source"),
    ]

    @Test("a secret comes from its text or from the environment", arguments: rows)
    func secret(text: String, expected: String?, problem: String?) throws {
        let diagnostics = Diagnostics(file: "f", strict: false)
        let root = try #require(YAML.parse(Array("sasToken: \(text)".utf8), diagnostics: diagnostics))
        let item = MappingReader(
            try #require(root.entries), at: root.mark, keys: KnownKeys(required: ["sasToken"]), diagnostics: diagnostics
        )
        let reader = SecretReader(environment: ["SAS": "from-environment", "BLANK": " "])
        #expect(reader.secret("sasToken", item)?.value == expected)
        let found = rendered(diagnostics.sorted)
        if let problem { #expect(found.contains { $0.hasPrefix(problem) }, "\(found)") } else { #expect(found == []) }
        #expect(!found.contains { $0.contains("abc") || $0.contains("from-environment") })
    }
}
