import MetricModel
import Testing

@testable import AzureSimulator

/// Estates that are made by the numbers.
@Suite struct ScaledEstateTests {
    static let scales: [(String, resources: Int, metrics: Int, types: Int, regions: Int)] = [
        ("small", 20, 5, 2, 1), ("Medium", 1000, 10, 8, 3), ("large", 20_000, 20, 15, 10),
        ("7x40x3x2", 7, 40, 3, 2), ("1x1x1x1", 1, 1, 1, 1),
    ]

    @Test("an estate has so many resources, metrics, types and regions, evenly", arguments: scales)
    func counts(_ text: String, resources: Int, metrics: Int, types: Int, regions: Int) throws {
        let estate = Estate.scaled(try #require(EstateScale(text: text)))
        #expect(Set(estate.resources.map { $0.id.lowercased() }).count == resources)
        var shares: [String: Int] = [:]
        for resource in estate.resources {
            shares["\(resource.type) \(resource.location)", default: 0] += 1
            #expect(resource.metrics.count == metrics)
        }
        #expect(Set(estate.resources.map(\.type)).count == min(types, resources))
        #expect(Set(estate.resources.map(\.location)).count == regions)
        #expect((shares.values.max() ?? 0) - (shares.values.min() ?? 0) <= 1)
        for resource in estate.resources.prefix(types) {
            #expect(Set(resource.metrics.map { $0.name.lowercased() }).count == metrics)
            for metric in resource.metrics {
                #expect(metric.grains.contains(.oneMinute) && metric.dimensions.isEmpty && metric.namespace == nil)
                #expect(metric.stored.contains(metric.primary))
            }
        }
    }

    @Test("the share that is stopped is so large in every type", arguments: [0.0, 0.1, 0.5, 1.0])
    func stopped(_ share: Double) throws {
        let estate = Estate.scaled(.medium, stoppedShare: share)
        var stopped: [String: Int] = [:]
        for resource in estate.resources { stopped[resource.type, default: 0] += resource.isStopped ? 1 : 0 }
        #expect(stopped.count == 8)
        for (type, count) in stopped { #expect(abs(Double(count) - 125 * share) <= 3, "\(type): \(count)") }
    }

    @Test(
        "what is no size is refused",
        arguments: [
            "", "huge", "10", "10x10x10", "0x1x1x1", "1x1x16x1", "1x1x1x11",
            "1x101x1x1", "1x1x1x1x1", "ax1x1x1", "-1x1x1x1",
        ])
    func mistakes(_ text: String) { #expect(EstateScale(text: text) == nil) }
}
