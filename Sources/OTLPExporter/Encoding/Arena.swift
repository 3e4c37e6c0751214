import COTLP
import MetricModel

/// Memory for messages that die together: handed out piece by piece, taken back all at once, never freed one by one.
struct Arena: ~Copyable {
    private struct Chunk {
        let start: UnsafeMutableRawPointer
        let size: Int

        init(size: Int) {
            start = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            self.size = size
        }
    }

    private static let chunkSize = 64 << 10

    private var chunks = [Chunk(size: Arena.chunkSize)]
    private var current = 0
    private var offset = 0

    deinit {
        for chunk in chunks { chunk.start.deallocate() }
    }

    /// Takes everything back. Pointers handed out before are dead.
    mutating func reset() {
        current = 0
        offset = 0
    }

    /// `byteCount` uninitialised bytes, aligned for every message.
    mutating func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let size = (byteCount + 15) & ~15
        if offset + size > chunks[current].size { advance(toHold: size) }
        defer { offset += size }
        return chunks[current].start + offset
    }

    private mutating func advance(toHold size: Int) {
        current += 1
        offset = 0
        if current < chunks.count, chunks[current].size >= size { return }
        chunks.insert(Chunk(size: max(size, Self.chunkSize)), at: current)
    }

    /// A message as protobuf-c's `initialize` leaves it.
    mutating func make<Message>(
        _ initialize: (UnsafeMutablePointer<Message>?) -> Void
    ) -> UnsafeMutablePointer<Message> {
        let message = allocate(MemoryLayout<Message>.stride).assumingMemoryBound(to: Message.self)
        initialize(message)
        return message
    }

    /// Room for `count` pointers to messages: a repeated field.
    mutating func pointers<Message>(_ count: Int) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?> {
        allocate(count * MemoryLayout<UnsafeMutablePointer<Message>?>.stride)
            .bindMemory(to: UnsafeMutablePointer<Message>?.self, capacity: count)
    }

    /// `text` as a C string in valid UTF-8. A zero byte, which would end it, becomes U+FFFD.
    ///
    /// Never protobuf-c's own empty string: it leaves that one out even where presence matters.
    mutating func string(_ text: String) -> UnsafePointer<CChar> {
        if let copied = text.utf8.withContiguousStorageIfAvailable({ copy($0) }) { return copied }
        return Array(text.utf8).withUnsafeBufferPointer { copy($0) }
    }

    private mutating func copy(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafePointer<CChar> {
        if bytes.contains(0) {
            let replaced = bytes.flatMap { $0 == 0 ? [0xef, 0xbf, 0xbd] : [$0] }
            return replaced.withUnsafeBufferPointer { copy($0) }
        }
        let destination = allocate(bytes.count + 1)
        UnsafeMutableRawBufferPointer(start: destination, count: bytes.count).copyBytes(from: bytes)
        destination.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
        return UnsafePointer(destination.assumingMemoryBound(to: CChar.self))
    }

    /// `labels` as attributes with string values, in their order.
    mutating func attributes(_ labels: [Label]) -> Attributes {
        let list: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__KeyValue>?> = pointers(labels.count)
        for (index, label) in labels.enumerated() {
            let value: UnsafeMutablePointer<Otlp__AnyValue> = make(otlp__any_value__init)
            value.pointee.value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE
            value.pointee.string_value = string(label.value)
            let attribute: UnsafeMutablePointer<Otlp__KeyValue> = make(otlp__key_value__init)
            attribute.pointee.key = string(label.name)
            attribute.pointee.value = value
            list[index] = attribute
        }
        return Attributes(list: list, count: labels.count)
    }
}

/// A repeated attribute field in an ``Arena``.
struct Attributes {
    let list: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__KeyValue>?>
    let count: Int
}
