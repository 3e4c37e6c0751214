import MetricModel

/// Reads Promitor's metrics declaration, version `v1`.
///
/// What Promitor starts with starts here: findings that it lets pass are warnings that say what is done instead, and
/// errors only when strict. What it refuses or crashes on is an error.
public enum DeclarationLoader {
    /// Reads the file at `path`.
    /// - Parameters:
    ///   - environment: Where secrets that are given by `environmentVariable` come from.
    ///   - strict: Makes every warning an error; a metric that would not be scraped is one, too.
    /// - Returns: The declaration, unless one of the diagnostics is an error, and all diagnostics in the file's order.
    public static func load(
        path: String, environment: [String: String], strict: Bool
    ) -> (MetricsDeclaration?, [Diagnostic]) {
        let diagnostics = Diagnostics(file: path, strict: strict)
        return read(YAML.load(path: path, diagnostics: diagnostics), environment, diagnostics)
    }

    /// Reads `bytes`, the content of what is called `file` in diagnostics.
    public static func load(
        bytes: [UInt8], file: String, environment: [String: String], strict: Bool
    ) -> (MetricsDeclaration?, [Diagnostic]) {
        let diagnostics = Diagnostics(file: file, strict: strict)
        return read(YAML.parse(bytes, diagnostics: diagnostics), environment, diagnostics)
    }

    private static func read(
        _ root: YAMLNode?, _ environment: [String: String], _ diagnostics: Diagnostics
    ) -> (MetricsDeclaration?, [Diagnostic]) {
        let declaration = root.flatMap {
            DeclarationReader(environment: environment, diagnostics: diagnostics).declaration($0)
        }
        return (diagnostics.hasErrors ? nil : declaration, diagnostics.sorted)
    }
}
