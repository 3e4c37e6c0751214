import CSimdJSON
import HTTPTransport

/// A JSON body that could not be read, in plain words.
struct JSONProblem: Error {
    let words: String
}

/// A parser that lives as long as one answer is read: between answers it holds no memory.
struct JSONDocument: ~Copyable {
    private let handle: OpaquePointer

    /// A parser, or the problem that there is no memory for one.
    init() throws(JSONProblem) {
        guard let handle = csj_document_new() else { throw JSONProblem(words: "there is no memory to read it") }
        self.handle = handle
    }

    deinit {
        csj_document_free(handle)
    }

    /// Lends what `read` made of `body`; the texts in it live only inside `use`.
    func read<Answer, Result>(
        _ body: HTTPBody, as blank: Answer,
        with read: (OpaquePointer, UnsafePointer<CChar>?, Int, UnsafeMutablePointer<Answer>) -> UnsafePointer<CChar>?,
        use: (Answer) -> Result
    ) throws(JSONProblem) -> Result {
        var answer = blank
        let problem = body.withUnsafeBytes { bytes in
            read(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &answer)
        }
        if let problem { throw JSONProblem(words: String(cString: problem)) }
        // The parser reads on demand but has read all of it by now; its texts lie in its own buffer, not in `body`.
        return withExtendedLifetime(body) { use(answer) }
    }
}

extension csj_text {
    /// The text; `nil` when the field was absent.
    var string: String? {
        bytes.map { String(decoding: UnsafeRawBufferPointer(start: $0, count: count), as: UTF8.self) }
    }

    /// The text; `nil` when the field was absent or empty.
    var nonBlank: String? { count > 0 ? string : nil }
}
