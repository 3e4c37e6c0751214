/// YAML files with the place of every part, read by libyaml.
///
/// Bounds keep a file that is hostile, or simply the wrong one, from costing time or memory.
public enum YAML {
    /// The largest file that is read.
    public static let maximumFileBytes = 4 << 20
    /// The most levels of lists and mappings.
    public static let maximumDepth = 100
    /// The most text that aliases may stand for, all together.
    public static let maximumExpandedBytes = 16 << 20

    /// The first document of the file at `path`.
    /// - Parameter mayBeEmpty: Without a document, or with an empty one, nothing is reported.
    /// - Returns: `nil` when there is none; `diagnostics` then has an error.
    public static func load(path: String, diagnostics: Diagnostics, mayBeEmpty: Bool = false) -> YAMLNode? {
        do throws(FileError) {
            let bytes = try readFile(path, limit: maximumFileBytes)
            return parse(bytes, diagnostics: diagnostics, mayBeEmpty: mayBeEmpty)
        } catch {
            diagnostics.error(error.message, at: nil, fix: error.fix)
            return nil
        }
    }

    /// The first document in `bytes`, which are UTF-8 with or without a byte order mark.
    /// - Returns: `nil` when there is none; `diagnostics` then has an error. Duplicate keys are reported as errors and
    ///   the first one is kept, so that everything else is checked too.
    public static func parse(_ bytes: [UInt8], diagnostics: Diagnostics, mayBeEmpty: Bool = false) -> YAMLNode? {
        guard bytes.count <= maximumFileBytes else {
            let error = FileError.tooLarge(limit: maximumFileBytes)
            diagnostics.error(error.message, at: nil, fix: error.fix)
            return nil
        }
        if let problem = EncodingProblem(in: bytes) {
            diagnostics.error(problem.message, at: problem.mark, fix: problem.fix)
            return nil
        }
        return bytes.withUnsafeBufferPointer { text in
            var composer = YAMLComposer(events: YAMLEventStream(text), diagnostics: diagnostics)
            do {
                if let root = try composer.firstDocument(), !root.isEmpty { return root }
                if mayBeEmpty { return nil }
                diagnostics.error("the file is empty", at: nil, fix: "it needs at least `version: v1`")
            } catch let refusal as YAMLComposer.Refusal {
                diagnostics.error(refusal.message, at: refusal.mark, fix: refusal.fix)
            } catch let error as YAMLSyntaxError {
                let advice = SyntaxAdvice(error, text: text)
                diagnostics.error(advice.message, at: advice.mark, fix: advice.fix)
            } catch {
                diagnostics.error("the file cannot be read: \(error)", at: nil)
            }
            return nil
        }
    }
}
