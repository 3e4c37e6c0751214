import Gzip
import MetricModel
import Testing

@testable import OTLPExporter
@testable import OTLPReceiver

@Suite struct OTLPEncoderTests {
    @Test("a point comes out with its value, times, names and identity")
    func onePoint() throws {
        let batch = makeBatch(
            makeResource(name: "VM-1"), makeMetric(grain: .fiveMinutes), series: [[Label("Disk", "sda")]],
            points: [makePoint(12.5, grain: .fiveMinutes)])
        let encoded = try OTLPEncoder(OTLPMapping(scopeVersion: "1.2.3")).encode(batch)
        #expect(encoded.count == 1)
        let point = try #require(try decode(encoded).first)
        #expect(point.value == 12.5)
        #expect(point.startTime == start)
        #expect(point.time == start + .seconds(300))
        #expect(point.metricName == "azure_vm_cpu")
        #expect(point.description == "What azure_vm_cpu is")
        #expect(point.unit == "%")
        #expect(!point.isSum)
        #expect(point.scopeName == "azimuth")
        #expect(point.scopeVersion == "1.2.3")
        #expect(point.attributes == [Label("Disk", "sda")])
        let id = "/subscriptions/sub-1/resourcegroups/rg-prod/providers/microsoft.compute/virtualmachines/vm-1"
        #expect(
            point.resourceAttributes == [
                Label("azure.resource_group.name", "rg-prod"),
                Label("azure.resource_provider.namespace", "Microsoft.Compute"),
                Label("cloud.account.id", "sub-1"), Label("cloud.provider", "azure"),
                Label("cloud.region", "westeurope"), Label("cloud.resource_id", id), Label("service.instance.id", id),
                Label("service.name", "microsoft.compute.virtualmachines"), Label("service.namespace", "azure"),
            ])
    }

    @Test(
        "values survive to the bit",
        arguments: [0, -0.0, 1, -1.5, .pi, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
    func values(value: Double) throws {
        let batch = makeBatch(points: [makePoint(value)])
        let point = try #require(try decode(OTLPEncoder(OTLPMapping()).encode(batch)).first)
        #expect(point.recordedValue?.bitPattern == value.bitPattern)
    }

    @Test("timestamp: start puts the point at the start of its bucket")
    func startTime() throws {
        let batch = makeBatch(points: makePoints(2))
        let points = try decode(OTLPEncoder(OTLPMapping(pointTime: .start)).encode(batch))
        #expect(points.map(\.time) == [start, start + .seconds(60)])
        #expect(points.map(\.startTime) == points.map(\.time))
    }

    @Test("without compression the bytes are the message itself")
    func uncompressed() throws {
        let batch = makeBatch(points: makePoints(3))
        let plain = try OTLPEncoder(OTLPMapping(isCompressed: false)).encode(batch)
        let gzip = try OTLPEncoder(OTLPMapping()).encode(batch)
        #expect(plain.map(\.isCompressed) == [false])
        #expect(gzip.map(\.isCompressed) == [true])
        #expect(plain[0].body == (try Gzip.decompress(gzip[0].body, limit: 1 << 20)))
        #expect(try decode(plain) == decode(gzip))
    }

    @Test("nothing to say makes no request, and no empty part of one")
    func nothing() throws {
        let encoder = OTLPEncoder(OTLPMapping())
        let empty = MetricPoints(metric: makeMetric("empty"), unit: "Count", series: [[]], points: [])
        let full = MetricPoints(metric: makeMetric("full"), unit: "Count", series: [[]], points: makePoints(1))
        #expect(try encoder.encode(MetricBatch()).isEmpty)
        let idle = ResourceMetrics(resource: makeResource(name: "idle"), metrics: [empty])
        #expect(try encoder.encode(MetricBatch(resources: [idle])).isEmpty)
        let busy = ResourceMetrics(resource: makeResource(name: "busy"), metrics: [empty, full, empty])
        let mixed = try encoder.encode(MetricBatch(resources: [idle, busy, idle]))
        #expect(mixed.count == 1)
        #expect(
            mixed
                == (try encoder.encode(
                    makeBatch(makeResource(name: "busy"), makeMetric("full"), unit: "Count", points: makePoints(1)))))
    }

    @Test("several resources, metrics and series keep their order and their attributes")
    func order() throws {
        let series = [[Label("d", "a")], [Label("d", "b")]]
        let points = [makePoints(2, series: 0), makePoints(2, series: 1)].flatMap { $0 }
        let resources = ["r1", "r2", "r1"].map { name in
            ResourceMetrics(
                resource: makeResource(name: name),
                metrics: ["m1", "m2"].map {
                    MetricPoints(metric: makeMetric($0), unit: "Count", series: series, points: points)
                })
        }
        let decoded = try decode(OTLPEncoder(OTLPMapping()).encode(MetricBatch(resources: resources)))
        let expected = ["r1", "r2", "r1"].flatMap { name in
            ["m1", "m2"].flatMap { metric in
                points.map { "\(name) \(metric) \(series[$0.series][0].value) \($0.value)" }
            }
        }
        let found = decoded.map { point in
            let name = point.resourceAttribute("cloud.resource_id")?.split(separator: "/").last ?? ""
            return "\(name) \(point.metricName) \(point.attribute("d") ?? "") \(point.value)"
        }
        #expect(found == expected)
    }

    @Test("points that come in disorder leave in rising time within each series")
    func disorder() throws {
        let points = [makePoints(5, series: 1).reversed(), makePoints(5, series: 0).shuffled()].flatMap { $0 }
        let batch = makeBatch(series: [[Label("d", "a")], [Label("d", "b")]], points: points)
        let decoded = try decode(OTLPEncoder(OTLPMapping()).encode(batch))
        for value in ["a", "b"] {
            #expect(decoded.filter { $0.attribute("d") == value }.map(\.value) == [0, 1, 2, 3, 4])
        }
    }

    @Test(
        "every text arrives whole and as UTF-8",
        arguments: ["", " ", "Ünïcode 😀", "a\"b\\c\nd", String(repeating: "x", count: 200_000)])
    func texts(value: String) throws {
        let batch = makeBatch(series: [[Label("ключ", value)]], points: makePoints(1))
        let point = try #require(try decode(OTLPEncoder(OTLPMapping()).encode(batch)).first)
        #expect(point.attributes == [Label("ключ", value)])
    }

    @Test("a zero byte does not cut a text short")
    func zeroByte() throws {
        let batch = makeBatch(series: [[Label("d", "a\0b")]], points: makePoints(1))
        let point = try #require(try decode(OTLPEncoder(OTLPMapping()).encode(batch)).first)
        #expect(point.attribute("d") == "a\u{fffd}b")
    }

    @Test("the same batch makes the same bytes")
    func stable() throws {
        let batch = makeBatch(series: [[Label("b", "1"), Label("a", "2")]], points: makePoints(10))
        let turned = makeBatch(series: [[Label("a", "2"), Label("b", "1")]], points: makePoints(10))
        #expect(try OTLPEncoder(OTLPMapping()).encode(batch) == OTLPEncoder(OTLPMapping()).encode(turned))
    }
}
