import MetricModel

/// Writes the attributes of OTLP resources, sorted by key.
///
/// What comes from the resource's id is in lower case, except the provider: Azure spells ids now so, now so, and a change
/// of spelling would start new series.
struct ResourceAttributes {
    /// Where a value comes from.
    private enum Source {
        /// The whole attribute, encoded.
        case fixed([UInt8])
        case type
        case id
        case subscription
        case region
        case resourceGroup
        case provider
    }

    /// Sorted by name, which `key` is in UTF-8.
    private let slots: [(key: [UInt8], source: Source)]

    init(_ mapping: OTLPMapping) {
        var slots: [(name: String, source: Source)] = [
            mapping.serviceName.map { Self.fixed("service.name", $0) } ?? ("service.name", .type),
            Self.fixed("service.namespace", mapping.serviceNamespace),
            ("service.instance.id", .id),
        ]
        if mapping.layout == .resource {
            slots += [
                Self.fixed("cloud.provider", "azure"), ("cloud.account.id", .subscription), ("cloud.region", .region),
                ("cloud.resource_id", .id), ("azure.resource_group.name", .resourceGroup),
                ("azure.resource_provider.namespace", .provider),
            ]
            // What is derived from the resource wins, even where it is not known.
            for extra in mapping.extraAttributes where !slots.contains(where: { $0.name == extra.name }) {
                if !extra.name.isEmpty { slots.append(Self.fixed(extra.name, extra.value)) }
            }
        }
        self.slots = slots.sorted { $0.name < $1.name }.map { (Array($0.name.utf8), $0.source) }
    }

    private static func fixed(_ name: String, _ value: String) -> (name: String, source: Source) {
        var buffer = WireBuffer(capacity: 64)
        if !value.isEmpty { buffer.appendAttributes(WireTag.resourceAttributes, [Label(name, value)]) }
        return (name, .fixed(Array(buffer.bytes)))
    }

    /// Appends the content of a `Resource` message. What is not known is left out.
    func write(_ resource: MonitoredResource, to buffer: inout WireBuffer) {
        resource.id.canonical.withWireBytes { id in
            let parts = ResourceIDParts(id)
            resource.id.description.withWireBytes { spelled in
                for slot in slots {
                    if case .fixed(let attribute) = slot.source {
                        attribute.withUnsafeBytes { buffer.append($0) }
                        continue
                    }
                    slot.key.withUnsafeBytes { name in
                        func put(_ value: UnsafeRawBufferPointer) {
                            if !value.isEmpty { buffer.appendAttribute(WireTag.resourceAttributes, name, value) }
                        }
                        switch slot.source {
                        case .fixed: break
                        case .type: parts.dottedType(id).withUnsafeBytes(put)
                        case .id: put(id)
                        case .subscription: put(UnsafeRawBufferPointer(rebasing: id[parts.subscription]))
                        case .region: resource.region?.withWireBytes(put)
                        case .resourceGroup: put(UnsafeRawBufferPointer(rebasing: id[parts.resourceGroup]))
                        case .provider:
                            put(UnsafeRawBufferPointer(rebasing: spelled[ResourceIDParts(spelled).provider]))
                        }
                    }
                }
            }
        }
    }
}

/// Where the parts of a resource's id lie, found in one pass and without a copy. As ``ResourceID`` finds them.
private struct ResourceIDParts {
    private(set) var subscription = 0..<0
    private(set) var resourceGroup = 0..<0
    /// The first segment after the last `providers`.
    private(set) var provider = 0..<0
    /// Type and name in turn, behind the provider.
    private var afterProvider = 0..<0

    init(_ id: UnsafeRawBufferPointer) {
        var key = Key.other
        var start = 0
        while start < id.count {
            let end = id[start...].firstIndex(of: UInt8(ascii: "/")) ?? id.count
            defer { start = end + 1 }
            guard end > start else { continue }
            let segment = start..<end
            switch key {
            case .subscriptions where subscription.isEmpty: subscription = segment
            case .resourceGroups where resourceGroup.isEmpty: resourceGroup = segment
            case .providers:
                provider = segment
                afterProvider = end..<id.count
            default: break
            }
            key = Key(UnsafeRawBufferPointer(rebasing: id[segment]))
            if key == .providers {
                provider = 0..<0
                afterProvider = 0..<0
            }
        }
    }

    /// `microsoft.sql.servers.databases`; `azure` for an id that names no provider.
    func dottedType(_ id: UnsafeRawBufferPointer) -> [UInt8] {
        guard !provider.isEmpty else { return Array("azure".utf8) }
        let slash = UInt8(ascii: "/")
        var type = Array(id[provider])
        var (isType, last) = (false, slash)
        for byte in id[afterProvider] {
            if byte != slash, last == slash {
                isType.toggle()
                if isType { type.append(UInt8(ascii: ".")) }
            }
            if byte != slash, isType { type.append(byte) }
            last = byte
        }
        return type
    }

    private enum Key {
        case subscriptions, resourceGroups, providers, other

        /// Without regard to case.
        init(_ segment: UnsafeRawBufferPointer) {
            switch segment.count {
            case 9 where Self.matches(segment, "providers"): self = .providers
            case 13 where Self.matches(segment, "subscriptions"): self = .subscriptions
            case 14 where Self.matches(segment, "resourcegroups"): self = .resourceGroups
            default: self = .other
            }
        }

        private static func matches(_ segment: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
            word.withUTF8Buffer { word in zip(segment, word).allSatisfy { $0 | 0x20 == $1 } }
        }
    }
}
