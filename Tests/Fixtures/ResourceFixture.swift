import Foundation

/// One row of `resource-types.json`, which is written by hand: a declared resource and what it must become.
public struct ResourceFixture: Decodable, Sendable, CustomStringConvertible {
    /// Promitor's name of the type.
    public let type: String
    /// Azure's name; `nil` for a query.
    public let metric: String?
    public let aggregation: String?
    public let query: String?
    /// The dimensions that the metric declares.
    public let dimensions: [String]
    /// As it stands under `resources`.
    public let resource: [String: Field]
    /// Behind `/subscriptions/…/resourceGroups/…/providers/`.
    public let id: String
    public let instance: String
    public let unique: String
    /// What the type adds.
    public let labels: [String: String]
    /// What is sent.
    public let filter: String?
    /// Azure's dimensions that tell the series apart, and the labels that they become.
    public let split: [String: String]
    /// The dimension values that the filter narrows the series to.
    public let only: [String: String]

    public enum Field: Codable, Sendable {
        case text(String)
        case secret([String: String])

        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .secret(try container.decode([String: String].self))
            }
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .secret(let sources): try container.encode(sources)
            }
        }
    }

    enum CodingKeys: CodingKey {
        case type, metric, aggregation, query, dimensions, resource, id, instance, unique, labels, filter, split, only
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        type = try values.decode(String.self, forKey: .type)
        metric = try values.decodeIfPresent(String.self, forKey: .metric)
        aggregation = try values.decodeIfPresent(String.self, forKey: .aggregation)
        query = try values.decodeIfPresent(String.self, forKey: .query)
        dimensions = try values.decodeIfPresent([String].self, forKey: .dimensions) ?? []
        resource = try values.decode([String: Field].self, forKey: .resource)
        id = try values.decode(String.self, forKey: .id)
        instance = try values.decode(String.self, forKey: .instance)
        unique = try values.decodeIfPresent(String.self, forKey: .unique) ?? instance
        labels = try values.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        filter = try values.decodeIfPresent(String.self, forKey: .filter)
        split = try values.decodeIfPresent([String: String].self, forKey: .split) ?? [:]
        only = try values.decodeIfPresent([String: String].self, forKey: .only) ?? [:]
    }

    public var description: String { "\(type) \(id)" }

    /// The fields as texts; a secret is any text.
    public var fields: [String: String] {
        resource.mapValues { field in
            switch field {
            case .text(let text): text
            case .secret: "***"
            }
        }
    }

    /// All rows, one a type, in alphabetical order.
    public static func all() throws -> [ResourceFixture] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "resource-types.json")
        return try JSONDecoder().decode([ResourceFixture].self, from: Data(contentsOf: file))
    }
}
