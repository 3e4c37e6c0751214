import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// Bytes of protobuf messages, appended field by field. What is taken back keeps its memory.
struct WireBuffer: ~Copyable {
    private var start: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    /// A buffer that holds `capacity` bytes before it has to grow.
    init(capacity: Int) {
        start = .allocate(byteCount: capacity, alignment: 1)
        self.capacity = capacity
    }

    deinit { start.deallocate() }

    /// What was appended. Dead as soon as the buffer changes.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// A part of it.
    subscript(range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    mutating func removeAll() { count = 0 }

    mutating func append(_ byte: UInt8) {
        makeRoom(for: 1)
        start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        makeRoom(for: bytes.count)
        memcpy(start + count, source, bytes.count)
        count += bytes.count
    }

    /// A number in as few bytes as it needs; a field's tag or length.
    mutating func appendVarint(_ value: Int) {
        makeRoom(for: WireSize.longestVarint)
        var rest = UInt(bitPattern: value)
        while rest >= 0x80 {
            start.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: count, as: UInt8.self)
            rest >>= 7
            count += 1
        }
        start.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// The field with this tag, eight bytes wide.
    mutating func appendFixed64(_ tag: UInt8, _ value: UInt64) {
        makeRoom(for: 9)
        start.storeBytes(of: tag, toByteOffset: count, as: UInt8.self)
        start.storeBytes(of: value.littleEndian, toByteOffset: count + 1, as: UInt64.self)
        count += 9
    }

    /// Tag and length of a field whose `size` bytes follow.
    mutating func appendHead(_ tag: UInt8, size: Int) {
        append(tag)
        appendVarint(size)
    }

    /// The field with this tag and these bytes.
    mutating func appendField(_ tag: UInt8, _ bytes: UnsafeRawBufferPointer) {
        appendHead(tag, size: bytes.count)
        append(bytes)
    }

    /// The string field with this tag; nothing for an empty text, which is the default.
    mutating func appendText(_ tag: UInt8, _ text: String) {
        if !text.isEmpty { text.withWireBytes { appendField(tag, $0) } }
    }

    /// One `KeyValue` with a string in the repeated field with this tag. The value stands there even when it is empty.
    mutating func appendAttribute(_ tag: UInt8, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        let any = WireSize.field(value.count)
        appendHead(tag, size: WireSize.field(key.count) + WireSize.field(any))
        appendField(WireTag.key, key)
        appendHead(WireTag.value, size: any)
        appendField(WireTag.stringValue, value)
    }

    /// `labels` as attributes, in their order.
    mutating func appendAttributes(_ tag: UInt8, _ labels: [Label]) {
        for label in labels {
            label.name.withWireBytes { name in label.value.withWireBytes { appendAttribute(tag, name, $0) } }
        }
    }

    private mutating func makeRoom(for size: Int) {
        if count + size > capacity { grow(toHold: count + size) }
    }

    private mutating func grow(toHold size: Int) {
        capacity = max(size, 2 * capacity)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
        memcpy(larger, start, count)
        start.deallocate()
        start = larger
    }
}

/// How many bytes things take.
enum WireSize {
    static let longestVarint = 10

    /// A length or another number.
    static func varint(_ value: Int) -> Int {
        (UInt.bitWidth - UInt(bitPattern: value | 1).leadingZeroBitCount + 6) / 7
    }

    /// Tag, length and content of a length-delimited field whose number is below 16.
    static func field(_ size: Int) -> Int { 1 + varint(size) + size }
}

/// Tags of the fields that are written, of opentelemetry-proto's messages: `number << 3 | wire type`.
enum WireTag {
    // ExportMetricsServiceRequest
    static let resourceMetrics: UInt8 = 1 << 3 | 2
    // ResourceMetrics
    static let resource: UInt8 = 1 << 3 | 2
    static let scopeMetrics: UInt8 = 2 << 3 | 2
    static let schemaURL: UInt8 = 3 << 3 | 2
    // Resource
    static let resourceAttributes: UInt8 = 1 << 3 | 2
    // ScopeMetrics
    static let scope: UInt8 = 1 << 3 | 2
    static let metrics: UInt8 = 2 << 3 | 2
    // InstrumentationScope
    static let scopeName: UInt8 = 1 << 3 | 2
    static let scopeVersion: UInt8 = 2 << 3 | 2
    // Metric
    static let name: UInt8 = 1 << 3 | 2
    static let description: UInt8 = 2 << 3 | 2
    static let unit: UInt8 = 3 << 3 | 2
    static let gauge: UInt8 = 5 << 3 | 2
    static let sum: UInt8 = 7 << 3 | 2
    // Gauge and Sum
    static let dataPoints: UInt8 = 1 << 3 | 2
    // Sum
    static let temporality: UInt8 = 2 << 3 | 0
    static let isMonotonic: UInt8 = 3 << 3 | 0
    // NumberDataPoint
    static let startTime: UInt8 = 2 << 3 | 1
    static let time: UInt8 = 3 << 3 | 1
    static let asDouble: UInt8 = 4 << 3 | 1
    static let pointAttributes: UInt8 = 7 << 3 | 2
    static let flags: UInt8 = 8 << 3 | 0
    // KeyValue and AnyValue
    static let key: UInt8 = 1 << 3 | 2
    static let value: UInt8 = 2 << 3 | 2
    static let stringValue: UInt8 = 1 << 3 | 2
}

extension String {
    /// The text as it stands on the wire: UTF-8. A zero byte, where receivers in C would cut it, becomes U+FFFD.
    func withWireBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let result = utf8.withContiguousStorageIfAvailable { bytes -> Result? in
            if let start = bytes.baseAddress, memchr(start, 0, bytes.count) != nil { return nil }
            return body(UnsafeRawBufferPointer(bytes))
        }
        if case .some(.some(let result)) = result { return result }
        let replaced = utf8.flatMap { $0 == 0 ? [0xef, 0xbf, 0xbd] : [$0] }
        return replaced.withUnsafeBytes(body)
    }
}
