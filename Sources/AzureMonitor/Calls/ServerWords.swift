import CSimdJSON
import HTTPTransport

/// What the body of an answer says in words, whatever it is made of. One line, at most some hundred characters.
struct ServerWords: Sendable {
    /// Azure's code; `nil` when the body has none.
    let code: String?
    /// A code that says more than `code`, from the error's details.
    let detailCode: String?
    /// May be empty.
    let text: String
    /// See `HTTPResponse.isPage`; then `text` is its title.
    let isPage: Bool
    /// Whether the body is a JSON object, as all of Azure's errors are.
    let isJSON: Bool

    private static let limit = 400

    /// Reads `response`'s body: an error in JSON, a page's title, or the beginning of plain text.
    init(_ response: HTTPResponse) {
        let body = response.body
        let start = body.withUnsafeBytes { String(decoding: $0.prefix(4096), as: UTF8.self) }.trimmed
        isPage = response.isPage
        if isPage {
            code = nil
            detailCode = nil
            text = Self.title(of: start)
            isJSON = false
        } else if let error = Self.jsonError(in: body) {
            code = error.code?.singleLine(limit: 64)
            detailCode = error.detailCode?.singleLine(limit: 64)
            text = (error.message ?? "").singleLine(limit: Self.limit)
            isJSON = true
        } else {
            code = nil
            detailCode = nil
            text = start.singleLine(limit: 120)
            isJSON = false
        }
    }

    private static func jsonError(in body: HTTPBody) -> (code: String?, detailCode: String?, message: String?)? {
        do throws(JSONProblem) {
            let document = try JSONDocument()
            return try document.read(body, as: csj_error_answer(), with: { csj_read_error($0, $1, $2, $3) }) { answer in
                (answer.code.string, answer.detail_code.string, answer.message.string)
            }
        } catch {
            return nil  // not JSON: the caller shows it as text
        }
    }

    /// The first words of the page's title; empty when it has none.
    private static func title(of page: String) -> String {
        let lowered = page.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        guard let tag = lowered.firstIndex(of: Array("<title".utf8)),
            let open = lowered[tag...].firstIndex(of: UInt8(ascii: ">"))
        else { return "" }
        let title = Array(page.utf8)[(open + 1)...].prefix { $0 != UInt8(ascii: "<") }
        return String(decoding: title, as: UTF8.self).singleLine(limit: 80)
    }
}

extension HTTPResponse {
    /// Whether the body is HTML, so not from an interface of Azure: a proxy or a portal answered.
    var isPage: Bool {
        let blanks = Set(" \t\r\n".utf8)
        return body.withUnsafeBytes { bytes in bytes.first { !blanks.contains($0) } == UInt8(ascii: "<") }
    }
}
