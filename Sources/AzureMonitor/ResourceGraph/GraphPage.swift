import CSimdJSON
import HTTPTransport
import MetricModel

/// One page of an answer of Azure Resource Graph.
struct GraphPage: Sendable {
    var resources: [GraphResource]
    /// Those without an id included.
    var rowCount: Int
    /// Of all pages, if it was said.
    var totalCount: Int?
    /// `nil` on the last page.
    var skipToken: String?
    /// Whether rows were cut off.
    var isTruncated: Bool

    /// Reads a 200.
    init(json body: HTTPBody) throws(JSONProblem) {
        let document = try JSONDocument()
        self = try document.read(body, as: csj_graph_answer(), with: { csj_read_graph($0, $1, $2, $3) }) {
            GraphPage(copying: $0)
        }
    }

    private init(copying raw: csj_graph_answer) {
        let tags = UnsafeBufferPointer(start: raw.tags, count: raw.tag_count)
        resources = UnsafeBufferPointer(start: raw.resources, count: raw.resource_count).map { row in
            GraphResource(
                id: ResourceID(row.id.string ?? ""), type: row.type.string ?? "",
                location: (row.location.string ?? "").lowercased().filter { $0 != " " },
                kind: row.kind.nonBlank, sku: row.sku.nonBlank,
                tags: tags[row.first_tag..<row.first_tag + row.tag_count].map {
                    Label($0.name.string ?? "", $0.value.string ?? "")
                })
        }
        rowCount = Int(raw.row_count)
        totalCount = raw.total_records < 0 ? nil : Int(raw.total_records)
        skipToken = raw.skip_token.nonBlank
        isTruncated = raw.is_truncated != 0
    }
}
