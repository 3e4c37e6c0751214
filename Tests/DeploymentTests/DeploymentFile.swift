import Declaration
import Foundation
import Testing

/// A YAML file of the repository, its leaves by path: `exporters.prometheus.endpoint`, `services.agent.command.0`.
struct DeploymentFile {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private let node: YAMLNode

    init(_ path: String) throws {
        let diagnostics = Diagnostics(file: path, strict: true)
        let node = YAML.load(path: Self.root + "/" + path, diagnostics: diagnostics)
        self.node = try #require(node, "\(diagnostics.sorted)")
        try #require(diagnostics.sorted.isEmpty, "\(diagnostics.sorted)")
    }

    /// The texts of a file of the repository.
    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: root + "/" + path, encoding: .utf8)
    }

    /// The leaves below `path`, by the rest of their paths; an empty section is a leaf without text.
    func leaves(_ path: String...) -> [String: String] {
        var leaves: [String: String] = [:]
        if let node = find(path) { collect(node, "", into: &leaves) }
        return leaves
    }

    /// The names in the section at `path`.
    func names(_ path: String...) -> [String] { find(path)?.entries?.map(\.key) ?? [] }

    /// The texts of the list at `path`.
    func list(_ path: String...) -> [String] { find(path)?.items?.compactMap(\.text) ?? [] }

    /// The text at `path`.
    func text(_ path: String...) -> String? { find(path)?.text }

    private func find(_ path: [String]) -> YAMLNode? {
        path.reduce(node as YAMLNode?) { node, name in node?.entries?.first { $0.key == name }?.value }
    }

    private func collect(_ node: YAMLNode, _ path: String, into leaves: inout [String: String]) {
        func inner(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
        switch node.content {
        case .scalar(let text, _): leaves[path] = text
        case .sequence(let items):
            for (index, item) in items.enumerated() { collect(item, inner("\(index)"), into: &leaves) }
        case .mapping(let entries):
            if entries.isEmpty { leaves[path] = "" }
            for entry in entries { collect(entry.value, inner(entry.key), into: &leaves) }
        }
    }
}
