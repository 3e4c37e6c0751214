import Declaration

/// What makes an identity complete, so that tests can leave it out.
let principal = ["AZURE_CLIENT_ID": "app-1", "AZURE_CLIENT_SECRET": "s3cret"]

func loadRuntime(
    _ text: String, environment: [String: String] = [:], strict: Bool = false
) -> (RuntimeConfiguration?, [Diagnostic]) {
    let reading = readRuntime(text, environment: environment, strict: strict)
    return (reading.configuration, reading.diagnostics)
}

func readRuntime(_ text: String, environment: [String: String] = [:], strict: Bool = false) -> RuntimeReading {
    ConfigurationLoader.loadRuntime(
        bytes: Array(text.utf8), file: "runtime.yaml",
        environment: environment.merging(principal) { given, _ in given }, strict: strict)
}

/// The lines of `diagnostics`, without the file's name.
func lines(_ diagnostics: [Diagnostic]) -> [String] {
    diagnostics.map { String($0.description.dropFirst("runtime.yaml:".count)) }
}
