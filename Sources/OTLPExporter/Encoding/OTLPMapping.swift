import MetricModel

/// How decided points become OTLP: the part of the settings that the encoder reads.
public struct OTLPMapping: Hashable, Sendable {
    /// Where a resource's identity stands. Raw values are the words of the configuration.
    public enum Layout: String, CaseIterable, Sendable {
        /// On the OTLP resource, under the names of the semantic conventions.
        case resource
        /// On every point, under Promitor's names, for receivers that drop resource attributes. The OTLP resource
        /// then carries only `service.*`.
        case flat
    }

    /// Which end of a bucket is the point's time. Raw values are the words of the configuration.
    public enum PointTime: String, CaseIterable, Sendable {
        case end, start
    }

    public var layout: Layout
    public var pointTime: PointTime
    /// `service.name`; `nil` = the resource's type with dots: `microsoft.compute.virtualmachines`.
    public var serviceName: String?
    public var serviceNamespace: String
    /// From `OTEL_RESOURCE_ATTRIBUTES`. What is derived from the resource wins.
    public var extraAttributes: [Label]
    /// The version of the scope `azimuth`.
    public var scopeVersion: String
    /// Whether the bytes are gzip.
    public var isCompressed: Bool
    /// Points in one request, at least 1.
    public var maximumPoints: Int
    /// Bytes of one request before compression. A single point that is larger goes alone.
    public var maximumBytes: Int

    /// By default the resource layout, bucket ends, gzip, and at most 4,000 points and 1 MiB.
    public init(
        layout: Layout = .resource, pointTime: PointTime = .end, serviceName: String? = nil,
        serviceNamespace: String = "azure", extraAttributes: [Label] = [], scopeVersion: String = "",
        isCompressed: Bool = true, maximumPoints: Int = 4000, maximumBytes: Int = 1 << 20
    ) {
        self.layout = layout
        self.pointTime = pointTime
        self.serviceName = serviceName
        self.serviceNamespace = serviceNamespace
        self.extraAttributes = extraAttributes
        self.scopeVersion = scopeVersion
        self.isCompressed = isCompressed
        self.maximumPoints = max(1, maximumPoints)
        self.maximumBytes = maximumBytes
    }
}
