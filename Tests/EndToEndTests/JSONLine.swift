import Foundation
import Testing

/// One JSON object on one line, its members as text.
struct JSONLine {
    let values: [String]
    private let members: [String: String]

    init(_ line: String) throws {
        let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        members = try #require(object, "not a JSON object: \(line)").mapValues { "\($0)" }
        values = Array(members.values)
    }

    subscript(name: String) -> String? { members[name] }
}
