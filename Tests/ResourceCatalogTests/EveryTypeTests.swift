import MetricModel
import ResourceCatalog
import ResourceFixture
import Testing

/// The table against what was written by hand: one resource of each of Promitor's types.
@Suite struct EveryTypeTests {
    private static func resolve(_ row: ResourceFixture) throws -> (ResourceType, ResourceResolution) {
        let type = try #require(ResourceCatalog.type(named: row.type))
        return (
            type,
            type.resolve(row.fields, metricName: row.metric ?? "", defaults: defaults, dimensions: row.dimensions)
        )
    }

    @Test("each of the 56 types has a row, and each of Promitor's numbers a type")
    func complete() throws {
        let rows = try ResourceFixture.all()
        #expect(rows.map(\.type) == ResourceCatalog.names)
        #expect(rows.count == 56)
        #expect((1...56).compactMap(ResourceCatalog.name).sorted() == ResourceCatalog.names)
    }

    @Test("all but two get their values from Azure Monitor")
    func sources() throws {
        let types = ResourceCatalog.names.compactMap { ResourceCatalog.type(named: $0) }
        #expect(types.filter { $0.source != .azureMonitor }.map(\.name) == ["LogAnalytics", "StorageQueue"])
    }

    @Test(
        "a declared resource becomes the id, names, labels and filter of its type", arguments: try ResourceFixture.all()
    )
    func resolves(row: ResourceFixture) throws {
        let (_, resolution) = try Self.resolve(row)
        #expect(resolution.problems.isEmpty)
        #expect(resolution.resource.id.description == "/subscriptions/s-1/resourceGroups/rg-1/providers/" + row.id)
        #expect(resolution.resource.resourceType == row.type)
        #expect(resolution.resource.tenantID == "t-1")
        #expect(resolution.resource.instanceName == row.instance)
        #expect(resolution.uniqueName == row.unique)
        #expect(
            Dictionary(uniqueKeysWithValues: resolution.resource.typeLabels.map { ($0.name, $0.value) }) == row.labels)
        #expect(resolution.requestFilter?.text == row.filter)
        #expect(Set(resolution.dimensions) == Set(row.split.keys))
        let labels = resolution.dimensions.map { ($0, resolution.dimensionRenames[$0] ?? $0) }
        #expect(Dictionary(uniqueKeysWithValues: labels) == row.split)
    }

    @Test("a resource that is found is the one that is declared", arguments: try ResourceFixture.all())
    func discovers(row: ResourceFixture) throws {
        let (type, resolution) = try Self.resolve(row)
        guard let discovery = type.discovery else {
            #expect(
                ["BlobStorage", "FileStorage", "Generic", "LogAnalytics", "StorageQueue"].contains(row.type),
                "\(row.type) cannot be discovered")
            return
        }
        let id = resolution.resource.id
        let kind = row.type == "FunctionApp" ? "functionapp,linux" : ""
        let fields = try #require(
            discovery.fields(type: id.type.lowercased(), name: id.name, id: id.canonical, kind: kind))
        let found = type.resolve(fields, metricName: row.metric ?? "", defaults: defaults, dimensions: [])
        #expect(found.problems.isEmpty)
        #expect(found.resource.id == id)
    }
}
