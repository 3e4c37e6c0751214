/// Collects what is wrong with one file, so that all of it is reported at once.
public final class Diagnostics {
    /// More than this is a file of another kind; the rest is counted, not listed.
    public static let maximumListed = 1000

    /// As the user named it.
    public let file: String
    /// Warnings become errors, notes do not.
    public let isStrict: Bool
    private var listed: Set<Diagnostic> = []
    private var unlisted = 0
    /// Whether the file is refused.
    public private(set) var hasErrors = false

    /// An empty collection for `file`.
    public init(file: String, strict: Bool) {
        self.file = file
        isStrict = strict
    }

    /// No more are listed: whoever spends work on a fix can spare it.
    var isFull: Bool { listed.count >= Self.maximumListed }

    /// Reports what refuses the file.
    public func error(_ message: String, at mark: SourceMark?, fix: String? = nil) {
        add(Diagnostic(.error, file: file, mark: mark, message: message, fix: fix))
    }

    /// Reports what the agent can live with; an error when strict.
    public func warn(_ message: String, at mark: SourceMark?, fix: String? = nil) {
        add(Diagnostic(isStrict ? .error : .warning, file: file, mark: mark, message: message, fix: fix))
    }

    /// Reports a legal setting that does nothing here: a warning, strict or not. Nobody should have to remove it.
    public func note(_ message: String, at mark: SourceMark?, fix: String? = nil) {
        add(Diagnostic(.warning, file: file, mark: mark, message: message, fix: fix))
    }

    private func add(_ diagnostic: Diagnostic) {
        hasErrors = hasErrors || diagnostic.severity == .error
        if isFull {
            if !listed.contains(diagnostic) { unlisted += 1 }
        } else {
            listed.insert(diagnostic)
        }
    }

    /// Everything, each problem once, in the order of the file.
    public var sorted: [Diagnostic] {
        var result = listed.sorted()
        if unlisted > 0 {
            let severity: Diagnostic.Severity = hasErrors ? .error : .warning
            let message = "\(unlisted) more problems are not listed"
            result.append(Diagnostic(severity, file: file, mark: nil, message: message, fix: "mend these first"))
        }
        return result
    }
}
