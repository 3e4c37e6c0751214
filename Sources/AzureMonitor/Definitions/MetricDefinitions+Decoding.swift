import CSimdJSON
import HTTPTransport
import MetricModel

/// One page of a list, and where the next one is.
struct ListPage<Item: Sendable>: Sendable {
    var items: [Item]
    /// `nil` on the last page.
    var nextLink: String?
}

/// What Azure Monitor lists in pages.
protocol ListItem: Sendable {
    /// For messages: `metric definitions`.
    static var plural: String { get }
    /// Reads a 200 of the call that lists it.
    static func page(json body: HTTPBody) throws(JSONProblem) -> ListPage<Self>
}

extension MetricDefinition: ListItem {
    static let plural = "metric definitions"

    static func page(json body: HTTPBody) throws(JSONProblem) -> ListPage<Self> {
        let document = try JSONDocument()
        return try document.read(body, as: csj_definitions_answer(), with: { csj_read_definitions($0, $1, $2, $3) }) {
            raw in
            let texts = UnsafeBufferPointer(start: raw.texts, count: raw.text_count)
            return ListPage(
                items: UnsafeBufferPointer(start: raw.definitions, count: raw.definition_count)
                    .map { MetricDefinition(copying: $0, texts: texts) },
                nextLink: raw.next_link.nonBlank)
        }
    }
}

extension MetricNamespace: ListItem {
    static let plural = "metric namespaces"

    static func page(json body: HTTPBody) throws(JSONProblem) -> ListPage<Self> {
        let document = try JSONDocument()
        return try document.read(body, as: csj_namespaces_answer(), with: { csj_read_namespaces($0, $1, $2, $3) }) {
            raw in
            ListPage(
                items: UnsafeBufferPointer(start: raw.namespaces, count: raw.namespace_count).map {
                    MetricNamespace(name: $0.name.string ?? "", classification: $0.classification.string ?? "")
                }, nextLink: raw.next_link.nonBlank)
        }
    }
}

extension MetricDefinition {
    /// Words that are not known (`None`, a grain that is no length of time) are left out.
    fileprivate init(copying raw: csj_definition, texts: UnsafeBufferPointer<csj_text>) {
        func list(_ first: Int, _ count: Int) -> [String] { texts[first..<first + count].compactMap(\.string) }
        self.init(
            name: raw.name.string ?? "", description: raw.description.string ?? "", unit: raw.unit.string ?? "",
            namespace: raw.metric_namespace.string ?? "",
            primaryAggregation: raw.primary_aggregation.string.flatMap(Aggregation.init(word:)),
            supportedAggregations: list(raw.first_aggregation, raw.aggregation_count)
                .compactMap(Aggregation.init(word:)),
            grains: list(raw.first_grain, raw.grain_count).compactMap { TimeGrain(iso8601: $0) },
            dimensions: list(raw.first_dimension, raw.dimension_count))
    }
}

extension Aggregation {
    /// Azure's word in a definition: `Average`, in any case; `nil` for `None` and what is not known.
    fileprivate init?(word: String) { self.init(rawValue: word.lowercased()) }
}
