import MetricModel
import Testing

@testable import AzureSimulator

@Suite struct TruthTests {
    static let noon = TestAzure.noon
    static let ids = Estate.standard.resources.map(\.id)

    @Test("a query that comes late enough returns the truth: every series, grain and aggregation", arguments: ids)
    func everything(_ id: String) throws {
        let azure = TestAzure()
        let entry = try #require(azure.azure.truth.entry(id))
        for truth in entry.metrics {
            let metric = truth.metric
            let splits: [[String]] = metric.combinations ?? [metric.dimensions.map(\.name)]
            for grain in metric.grains {
                for split in Set(splits + [[]]) { try compare(azure, entry, metric, grain, split) }
            }
        }
    }

    private func compare(
        _ azure: TestAzure, _ entry: EstateTruth.Entry, _ metric: SimulatedMetric, _ grain: TimeGrain, _ split: [String]
    ) throws {
        let id = entry.resource.id
        let start = (Self.noon - .seconds(7200)).floored(to: grain) - grain.duration
        let answer = azure.metrics(
            id,
            [
                ("metricnames", metric.name), ("interval", grain.description), ("top", "1000"),
                ("metricnamespace", metric.namespace ?? entry.resource.type),
                ("aggregation", metric.stored.map(\.rawValue).joined(separator: ",")),
                ("$filter", split.map { "\($0) eq '*'" }.joined(separator: " and ")),
                ("timespan", "\(start)/\(start + grain.duration)"),
            ])
        try #require(answer.status == 200, "\(answer.message)")
        let combinations = azure.azure.seriesOf(resource: id, metric: metric.name, splitBy: split)
        #expect(Set(answer.series.map { Set($0.dimensions.values) }).isSubset(of: combinations.map { Set($0.values) }))
        for dimensions in combinations {
            let lowered = Dictionary(uniqueKeysWithValues: dimensions.map { ($0.key.lowercased(), $0.value) })
            let point = answer.series.first { $0.dimensions == lowered }?.data.first
            let values = try Self.values(azure, id, metric, dimensions, grain, start)
            for aggregation in metric.stored {
                #expect(
                    point?[aggregation.rawValue] as? Double == values?[aggregation],
                    "\(metric.name) \(dimensions) \(grain)")
            }
            let primary = azure.azure.truth(
                resource: id.uppercased(), metric: metric.name.uppercased(), dimensions: lowered,
                aggregation: metric.primary.definitionName, grain: grain, bucketStart: start)
            #expect(primary == values?[metric.primary], "\(metric.name) \(dimensions) \(grain)")
        }
    }

    /// All aggregations of a bucket at once.
    private static func values(
        _ azure: TestAzure, _ id: String, _ metric: SimulatedMetric, _ dimensions: [String: String],
        _ grain: TimeGrain, _ start: Timestamp
    ) throws -> SampleFold? {
        let truth = try #require(azure.azure.entry(id)?.metric(metric.name))
        let leaves = truth.leaves.filter { leaf in
            zip(metric.dimensions, leaf.values).allSatisfy { dimensions[$0.name] == nil || dimensions[$0.name] == $1 }
        }
        return truth.fold(leaves, from: start, to: start + grain.duration, seenAt: nil)
    }

    @Test("wider grains are the fold of the minutes", arguments: SimulatedMetric.usualGrains.prefix(6))
    func folds(_ grain: TimeGrain) throws {
        let shapes: [ValueShape] = [.level(1...97).sparse(0.4), .events(0...4), .whole(5...4e9), .hourly(10...20)]
        let metrics = shapes.enumerated().map { SimulatedMetric("m\($0)", "Count", .total, .all, $1) }
        let id = "/subscriptions/s/resourceGroups/g/providers/Contoso.Widgets/ovens/o"
        let azure = TestAzure(TestAzure.options(Estate(resources: [SimulatedResource(id: id, metrics: metrics)])))
        let start = Self.noon.floored(to: grain) - grain.duration * 2
        for metric in metrics {
            func value(_ aggregation: String, _ grain: TimeGrain, _ start: Timestamp) -> Double? {
                azure.azure.truth(
                    resource: id, metric: metric.name, dimensions: [:], aggregation: aggregation, grain: grain,
                    bucketStart: start)
            }
            // Backwards, so that a sum that depends on its order is found out.
            let starts = (0..<(grain.seconds / 60)).reversed().map { start + .seconds($0 * 60) }
            let sums = starts.compactMap { value("total", .oneMinute, $0) }
            let counts = starts.compactMap { value("count", .oneMinute, $0) }
            guard !sums.isEmpty else {
                #expect(value("total", grain, start) == nil)
                continue
            }
            #expect(value("total", grain, start) == sums.reduce(0, +))
            #expect(value("count", grain, start) == counts.reduce(0, +))
            #expect(value("average", grain, start) == sums.reduce(0, +) / counts.reduce(0, +))
            #expect(value("minimum", grain, start) == starts.compactMap { value("minimum", .oneMinute, $0) }.min())
            #expect(value("maximum", grain, start) == starts.compactMap { value("maximum", .oneMinute, $0) }.max())
        }
    }

    @Test("values stay in the range of their shape and look alive", arguments: ids)
    func ranges(_ id: String) throws {
        let entry = try #require(TestAzure().azure.truth.entry(id))
        for truth in entry.metrics {
            var seen: Set<Double> = []
            for leaf in truth.leaves.prefix(3) {
                for hour in 0..<48 {
                    let start = Self.noon + .seconds(Int64(hour) * 3600)
                    guard let fold = truth.fold([leaf], from: start, to: start + .seconds(3600), seenAt: nil) else {
                        continue
                    }
                    let shape = truth.metric.shape
                    let isEvents = shape.samplesPerMinute == 0
                    #expect(fold.minimum >= (isEvents ? 0 : shape.range.lowerBound))
                    #expect(fold.maximum <= (isEvents ? 1 : shape.range.upperBound))
                    #expect(fold.count > 0)
                    if truth.metric.unit == "Percent" { #expect((0...100).contains(fold[.average])) }
                    if shape.isWhole { #expect(fold.sum == fold.sum.rounded()) }
                    seen.insert(fold.sum)
                }
            }
            let isConstant = truth.metric.shape.range.lowerBound == truth.metric.shape.range.upperBound
            #expect(seen.count > (entry.resource.isStopped ? -1 : isConstant ? 0 : 20), "\(truth.metric.name)")
        }
    }

    static let nothing: [(String, String, [String: String], String)] = [
        ("vm-spare", "Percentage CPU", [:], "average"), ("vm-web-1", "No Such Metric", [:], "average"),
        ("vm-web-1", "Percentage CPU", [:], "total"), ("vm-web-1", "Percentage CPU", [:], "median"),
        ("vm-web-1", "Percentage CPU", ["Color": "red"], "average"),
        ("sb-shop", "ActiveMessages", ["EntityName": "archive"], "average"),
        ("sb-shop", "ActiveMessages", ["EntityName": "nobody"], "average"),
        ("stshop", "UsedCapacity", [:], "average"),
    ]

    @Test("what Azure never has is nil", arguments: nothing)
    func never(_ resource: String, _ metric: String, _ dimensions: [String: String], _ aggregation: String) {
        let truth = TestAzure().azure.truth(
            resource: TestAzure.id(resource), metric: metric, dimensions: dimensions, aggregation: aggregation,
            grain: .oneMinute, bucketStart: Self.noon)
        #expect(truth == nil)
    }

    @Test func seedsDecide() {
        func values(_ seed: UInt64) -> [Double?] {
            let azure = TestAzure(TestAzure.options { $0.seed = seed }).azure
            return (0..<10).map { minute in
                azure.truth(
                    resource: TestAzure.id("vm-web-1"), metric: "Percentage CPU", dimensions: [:],
                    aggregation: "average", grain: .oneMinute, bucketStart: Self.noon + .seconds(minute * 60))
            }
        }
        #expect(values(1) == values(1))
        #expect(values(1) != values(2))
        // The same in every process, unlike Swift's own hashes.
        #expect(values(1)[0] == 71.65625)
    }

    @Test func seriesByWhatTheyAreSplitBy() {
        let azure = TestAzure().azure
        let storage = TestAzure.id("stshop")
        #expect(azure.seriesOf(resource: storage, metric: "Transactions", splitBy: []) == [[:]])
        let byName = azure.seriesOf(resource: storage, metric: "transactions", splitBy: ["apiname"])
        #expect(Set(byName.compactMap { $0["ApiName"] }).count == 4)
        #expect(azure.seriesOf(resource: storage, metric: "Transactions", splitBy: ["ApiName", "GeoType"]).count == 4)
        #expect(
            azure.seriesOf(resource: storage, metric: "Transactions", splitBy: ["ApiName", "Authentication"]).count == 8
        )
        #expect(azure.seriesOf(resource: storage, metric: "Transactions", splitBy: ["Color"]).isEmpty)
        #expect(azure.seriesOf(resource: "/nothing", metric: "Transactions", splitBy: []).isEmpty)
        #expect(
            azure.seriesOf(resource: TestAzure.id("sb-shop"), metric: "Size", splitBy: ["EntityName"]).count == 13)
    }

    @Test func theStandardEstateHasTenTypesInTwoRegions() {
        #expect(Estate.standard.resources.count >= 12)
        #expect(Set(Estate.standard.resources.map(\.type)).count == 10)
        #expect(Set(Estate.standard.resources.map(\.location)).count == 2)
        #expect(Estate.standard.resources.allSatisfy { !$0.metrics.isEmpty })
        #expect(Set(Self.ids.map { $0.lowercased() }).count == Self.ids.count)
    }
}
