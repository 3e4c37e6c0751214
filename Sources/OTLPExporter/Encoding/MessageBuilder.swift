import COTLP
import Gzip
import MetricModel

/// Builds `ResourceMetrics` from points that come one by one, and ends a message, and with it the request, where the
/// next point would be too much: inside a resource and inside a metric as well.
///
/// A message comes about with its first point, so there are no empty ones. Nothing is allocated per point.
struct MessageBuilder: ~Copyable {
    private let mapping: OTLPMapping
    private var writer: RequestWriter
    private var arena = Arena()

    // The points of the message that is being built, and where each message of a repeated field finds them.
    private let points: UnsafeMutablePointer<Otlp__NumberDataPoint>
    private let pointers: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__NumberDataPoint>?>
    private var pointCount = 0
    private var messageBytes = 0
    private var oldest = Timestamp(nanosecondsSince1970: .max)
    private var newest = Timestamp(nanosecondsSince1970: .min)
    private var metrics: [UnsafeMutablePointer<Otlp__Metric>?] = []

    // What every message of the current resource and every part of the current metric begins with.
    private var resource: UnsafeMutablePointer<Otlp__ResourceMetrics>
    private var resourceBytes = 0
    private var metric: UnsafeMutablePointer<Otlp__Metric>
    private var metricBytes = 0
    private var metricIsOpen = false

    init(_ mapping: OTLPMapping) throws(GzipError) {
        self.mapping = mapping
        writer = try RequestWriter(isCompressed: mapping.isCompressed)
        points = .allocate(capacity: mapping.maximumPoints)
        pointers = .allocate(capacity: mapping.maximumPoints)
        for index in 0..<mapping.maximumPoints { pointers[index] = points + index }
        resource = arena.make(otlp__resource_metrics__init)
        metric = arena.make(otlp__metric__init)
    }

    deinit {
        points.deallocate()
        pointers.deallocate()
    }

    /// Ends the message of the resource before, and begins with one that has these attributes.
    mutating func beginResource(_ attributes: [Label]) {
        endMessage()
        arena.reset()
        let identity: UnsafeMutablePointer<Otlp__Resource> = arena.make(otlp__resource__init)
        let list = arena.attributes(attributes)
        identity.pointee.n_attributes = list.count
        identity.pointee.attributes = list.list
        let scope: UnsafeMutablePointer<Otlp__InstrumentationScope> = arena.make(otlp__instrumentation_scope__init)
        scope.pointee.name = arena.string("azimuth")
        scope.pointee.version = arena.string(mapping.scopeVersion)
        let scopeMetrics: UnsafeMutablePointer<Otlp__ScopeMetrics> = arena.make(otlp__scope_metrics__init)
        scopeMetrics.pointee.scope = scope
        let scopes: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__ScopeMetrics>?> = arena.pointers(1)
        scopes[0] = scopeMetrics
        resource = arena.make(otlp__resource_metrics__init)
        resource.pointee.resource = identity
        resource.pointee.n_scope_metrics = 1
        resource.pointee.scope_metrics = scopes
        resource.pointee.schema_url = arena.string("https://opentelemetry.io/schemas/1.44.0")
        resourceBytes =
            otlp__resource_metrics__get_packed_size(resource) + RequestWriter.prefixBytes + Self.lengthGrowth
    }

    /// Further points belong to this metric of the current resource.
    mutating func beginMetric(_ descriptor: MetricDescriptor, unit: String) {
        metricIsOpen = false
        metric = arena.make(otlp__metric__init)
        metric.pointee.name = arena.string(descriptor.name)
        metric.pointee.description = arena.string(descriptor.description)
        metric.pointee.unit = arena.string(UCUM.unit(azure: unit))
        // With the tag and the length of the metric and those of its gauge.
        metricBytes = otlp__metric__get_packed_size(metric) + 2 + 2 * Self.lengthGrowth
    }

    /// One series of the current metric. Valid until the next resource begins.
    mutating func series(_ attributes: [Label]) -> Series {
        let list = arena.attributes(attributes)
        var point = Otlp__NumberDataPoint()
        otlp__number_data_point__init(&point)
        point.n_attributes = list.count
        point.attributes = list.list
        point.value_case = OTLP__NUMBER_DATA_POINT__VALUE_AS_DOUBLE
        point.start_time_unix_nano = 1
        point.time_unix_nano = 1
        let size = otlp__number_data_point__get_packed_size(&point)
        return Series(template: point, bytes: 1 + Self.lengthBytes(of: size) + size)
    }

    /// One point of a series of the current metric.
    mutating func add(_ value: Double, of series: borrowing Series, start: Timestamp, time: Timestamp) {
        makeRoom(for: series.bytes)
        if !metricIsOpen { openMetric() }
        let point = points + pointCount
        point.initialize(to: series.template)
        point.pointee.start_time_unix_nano = Self.nanoseconds(start)
        point.pointee.time_unix_nano = Self.nanoseconds(time)
        point.pointee.as_double = value
        metrics.last??.pointee.gauge.pointee.n_data_points += 1
        pointCount += 1
        messageBytes += series.bytes
        oldest = min(oldest, time)
        newest = max(newest, time)
    }

    /// The requests, once everything was added.
    mutating func finish() -> [EncodedBatch] {
        endMessage()
        writer.endRequest()
        return writer.finished
    }

    /// A series' point without times and value, and the most that one such point takes in a message.
    struct Series {
        let template: Otlp__NumberDataPoint
        let bytes: Int
    }

    /// How many bytes a length takes in front of `size` bytes.
    private static func lengthBytes(of size: Int) -> Int { max(1, (Int.bitWidth - size.leadingZeroBitCount + 6) / 7) }

    /// Sizes of parts that still grow are reckoned with the longest length that a message below 256 MiB can have: a
    /// little too large, so that a request never passes its limit.
    private static let lengthGrowth = 4

    private static func nanoseconds(_ time: Timestamp) -> UInt64 { UInt64(max(0, time.nanosecondsSince1970)) }

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
        let gauge: UnsafeMutablePointer<Otlp__Gauge> = arena.make(otlp__gauge__init)
        gauge.pointee.data_points = pointers + pointCount
        let part: UnsafeMutablePointer<Otlp__Metric> = arena.make(otlp__metric__init)
        part.pointee = metric.pointee
        part.pointee.data_case = OTLP__METRIC__DATA_GAUGE
        part.pointee.gauge = gauge
        metrics.append(part)
        metricIsOpen = true
        messageBytes += metricBytes
    }

    private mutating func endMessage() {
        guard pointCount > 0 else { return }
        metrics.withUnsafeMutableBufferPointer { metrics in
            let scope = resource.pointee.scope_metrics[0]
            scope?.pointee.n_metrics = metrics.count
            scope?.pointee.metrics = metrics.baseAddress
            writer.append(resource, points: pointCount, oldest: oldest, newest: newest)
        }
        metrics.removeAll(keepingCapacity: true)
        metricIsOpen = false
        pointCount = 0
        messageBytes = 0
        oldest = Timestamp(nanosecondsSince1970: .max)
        newest = Timestamp(nanosecondsSince1970: .min)
    }
}
