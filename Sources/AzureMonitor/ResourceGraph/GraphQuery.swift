import MetricModel

/// A question to Azure Resource Graph about resources whose ids are known.
struct GraphQuery: Sendable {
    /// The most rows of a page, and so the most ids of a question.
    static let pageSize = 1000

    let text: String
    let subscriptionIDs: [String]

    /// A question about `ids`, which are at most ``pageSize``.
    private init(ids: ArraySlice<ResourceID>) {
        let list = ids.map { Self.literal($0.canonical) }.joined(separator: ",")
        // Without id there would be no second page, and without an order rows could stand on two pages or on none.
        text = "resources | where id in~ (\(list)) | project id, type, location, kind, sku, tags | order by id asc"
        var subscriptions: [String] = []
        for id in ids {
            let subscription = id.subscriptionID.lowercased()
            if subscription != subscriptions.last { subscriptions.append(subscription) }
        }
        subscriptionIDs = subscriptions
    }

    /// As few questions as ask about all of `ids`, each of as few subscriptions as possible. Ids that name no
    /// subscription, and those that no resource can have, are left out.
    static func questions(about ids: [ResourceID]) -> [GraphQuery] {
        let askable = Set(ids).filter { id in
            !id.subscriptionID.isEmpty
                && id.canonical.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        }
        let sorted = askable.sorted { $0.canonical < $1.canonical }
        return stride(from: 0, to: sorted.count, by: pageSize).map {
            GraphQuery(ids: sorted[$0..<min($0 + pageSize, sorted.count)])
        }
    }

    /// `text` as a string of the Kusto query language.
    static func literal(_ text: String) -> String {
        var result = "'"
        for character in text.unicodeScalars {
            if character == "'" || character == "\\" { result += "\\" }
            result.unicodeScalars.append(character)
        }
        return result + "'"
    }

    /// The body of the request; `skipToken` is from the page before.
    func body(skipToken: String?) -> [UInt8] {
        let subscriptions = subscriptionIDs.map(jsonString).joined(separator: ",")
        let skip = skipToken.map { #","$skipToken":\#(jsonString($0))"# } ?? ""
        let options = #"{"resultFormat":"objectArray","$top":\#(Self.pageSize)\#(skip)}"#
        return Array(#"{"subscriptions":[\#(subscriptions)],"query":\#(jsonString(text)),"options":\#(options)}"#.utf8)
    }
}
