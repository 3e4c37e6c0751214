/// HTTP statuses of failures as a text: `500`, or `408, 500`.
struct StatusList {
    let statuses: [Int]

    /// Reads `text`.
    /// - Returns: `nil` when one of them is no status of a failure; ``advice(for:)`` says why.
    init?(_ text: String) {
        let statuses = Self.items(of: text).map { Int($0) }
        guard statuses.allSatisfy({ $0.map { Self.failures.contains($0) } ?? false }) else { return nil }
        self.statuses = statuses.compactMap { $0 }
    }

    private static let failures = 400...599

    private static func items(of text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmingBlanks }
    }

    /// What to write instead of `text`; `nil` when it can be read.
    static func advice(for text: String) -> String? {
        guard StatusList(text) == nil else { return nil }
        let wanted = "write statuses from 400 to 599, such as 500"
        for item in items(of: text) {
            switch Int(item) {
            case .some(100..<200): return "a status of 1xx is not the final answer; " + wanted
            case .some(200..<300): return "a status of 2xx says that the points were taken; " + wanted
            case .some(300..<400): return "redirects are never followed, and nothing is lost by them; " + wanted
            default: continue
            }
        }
        return wanted
    }
}
