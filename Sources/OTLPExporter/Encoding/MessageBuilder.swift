import Gzip
import MetricModel

/// Writes `ResourceMetrics` from points that come one by one, and ends a message, and with it the request, where the next
/// point would be too much: inside a resource and inside a metric as well.
///
/// A message comes about with its first point, so there are no empty ones. Nothing is allocated per metric or point, and
/// what repeats is encoded once and copied. Lengths stand before what they measure, so each level waits in a buffer of its
/// own until it is whole.
struct MessageBuilder: ~Copyable {
    private let mapping: OTLPMapping
    private let resourceAttributes: ResourceAttributes
    private var writer: RequestWriter
    private var heads = MetricHeads()

    // The message that is being built.
    private var metrics = WireBuffer(capacity: 16 << 10)
    private var pointCount = 0
    private var messageBytes = 0
    private var oldest = Timestamp(nanosecondsSince1970: .max)
    private var newest = Timestamp(nanosecondsSince1970: .min)

    // What every message of the current resource and every part of the current metric begins with.
    private var resource = WireBuffer(capacity: 1 << 10)
    private var resourceBytes = 0
    private var seriesAttributes = WireBuffer(capacity: 4 << 10)
    private let scope: [UInt8]
    private let schemaURL: [UInt8]
    private var metric = 0
    private var metricBytes = 0
    private var metricIsOpen = false
    private var points = WireBuffer(capacity: 4 << 10)

    init(_ mapping: OTLPMapping, _ resourceAttributes: ResourceAttributes) throws(GzipError) {
        self.mapping = mapping
        self.resourceAttributes = resourceAttributes
        writer = try RequestWriter(isCompressed: mapping.isCompressed)
        scope = Self.scope(version: mapping.scopeVersion)
        schemaURL = Self.schemaURL
    }

    /// Ends the message of the resource before, and begins with one of this resource.
    mutating func begin(_ resource: MonitoredResource) {
        endMessage()
        seriesAttributes.removeAll()
        self.resource.removeAll()
        resourceAttributes.write(resource, to: &self.resource)
        // With the tags and the lengths of the message, its resource and its scope.
        resourceBytes = self.resource.count + scope.count + schemaURL.count + 3 + 3 * Self.lengthGrowth
    }

    /// Further points belong to this metric of the current resource.
    mutating func begin(_ descriptor: MetricDescriptor, unit: String) {
        closeMetric()
        metric = heads.position(of: descriptor, unit: unit)
        metricBytes = heads[metric].bytes
    }

    /// The attributes of a series that has nothing but the labels of the current metric, if they were given once.
    var metricAttributes: SeriesAttributes? { heads[metric].attributes }

    /// Gives them: the same for all resources.
    mutating func setMetricAttributes(_ labels: [Label]) -> SeriesAttributes {
        heads.setAttributes(labels, ofMetric: metric)
    }

    /// The attributes of a series of the current resource.
    mutating func attributes(_ labels: [Label]) -> SeriesAttributes {
        let start = seriesAttributes.count
        seriesAttributes.appendAttributes(WireTag.pointAttributes, labels)
        return SeriesAttributes(place: .resource, range: start..<seriesAttributes.count)
    }

    /// One point of a series of the current metric.
    /// - Parameter value: `nil` = the series has no value any more.
    mutating func add(_ value: Double?, attributes: SeriesAttributes, start: Timestamp, time: Timestamp) {
        let size = 2 * 9 + (value == nil ? 2 : 9) + attributes.range.count
        let bytes = WireSize.field(size)
        makeRoom(for: bytes)
        if !metricIsOpen { openMetric() }
        points.appendHead(WireTag.dataPoints, size: size)
        points.appendFixed64(WireTag.startTime, Self.nanoseconds(start))
        points.appendFixed64(WireTag.time, Self.nanoseconds(time))
        if let value {
            points.appendFixed64(WireTag.asDouble, value.bitPattern)
        } else {
            points.append(WireTag.flags)
            points.appendVarint(Self.noRecordedValue)
        }
        switch attributes.place {
        case .metrics: points.append(heads[attributes.range])
        case .resource: points.append(seriesAttributes[attributes.range])
        }
        pointCount += 1
        messageBytes += bytes
        oldest = min(oldest, time)
        newest = max(newest, time)
    }

    /// The requests, once everything was added.
    mutating func finish() -> [EncodedBatch] {
        endMessage()
        writer.endRequest()
        return writer.finished
    }

    /// Sizes of parts that still grow are reckoned with the longest length that a message below 256 MiB can have: a
    /// little too large, so that a request never passes its limit.
    static let lengthGrowth = 4

    /// Of DataPointFlags.
    private static let noRecordedValue = 1

    private static func nanoseconds(_ time: Timestamp) -> UInt64 { UInt64(max(0, time.nanosecondsSince1970)) }

    private static func scope(version: String) -> [UInt8] {
        var content = WireBuffer(capacity: 64)
        content.appendText(WireTag.scopeName, "azimuth")
        content.appendText(WireTag.scopeVersion, version)
        var field = WireBuffer(capacity: 64)
        field.appendField(WireTag.scope, content.bytes)
        return Array(field.bytes)
    }

    private static var schemaURL: [UInt8] {
        var field = WireBuffer(capacity: 64)
        field.appendText(WireTag.schemaURL, "https://opentelemetry.io/schemas/1.44.0")
        return Array(field.bytes)
    }

    private mutating func makeRoom(for bytes: Int) {
        let needed = bytes + (metricIsOpen ? 0 : metricBytes) + (pointCount == 0 ? resourceBytes : 0)
        let isFull = writer.pointCount + pointCount >= mapping.maximumPoints
        if isFull || writer.uncompressedBytes + messageBytes + needed > mapping.maximumBytes {
            endMessage()
            writer.endRequest()
        }
    }

    private mutating func openMetric() {
        if pointCount == 0 { messageBytes += resourceBytes }
        metricIsOpen = true
        messageBytes += metricBytes
    }

    private mutating func closeMetric() {
        guard metricIsOpen else { return }
        metricIsOpen = false
        let head = heads[metric]
        let dataSize = points.count + head.ending.count
        metrics.appendHead(WireTag.metrics, size: head.names.count + WireSize.field(dataSize))
        metrics.append(heads[head.names])
        metrics.appendHead(head.dataTag, size: dataSize)
        metrics.append(points.bytes)
        metrics.append(heads[head.ending])
        points.removeAll()
    }

    private mutating func endMessage() {
        closeMetric()
        guard pointCount > 0 else { return }
        let scopeMetrics = scope.count + metrics.count
        let size = WireSize.field(resource.count) + WireSize.field(scopeMetrics) + schemaURL.count
        writer.append(size: size, points: pointCount, oldest: oldest, newest: newest) { message in
            message.appendField(WireTag.resource, resource.bytes)
            message.appendHead(WireTag.scopeMetrics, size: scopeMetrics)
            scope.withUnsafeBytes { message.append($0) }
            message.append(metrics.bytes)
            schemaURL.withUnsafeBytes { message.append($0) }
        }
        metrics.removeAll()
        pointCount = 0
        messageBytes = 0
        oldest = Timestamp(nanosecondsSince1970: .max)
        newest = Timestamp(nanosecondsSince1970: .min)
    }
}
