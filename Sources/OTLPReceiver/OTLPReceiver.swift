import Gzip
import HTTPServer
import MetricModel

/// A small OTLP/HTTP receiver for metrics: `POST /v1/metrics`, protobuf, gzip or not.
///
/// It keeps or counts what it gets, for demos and tests. It is strict where collectors differ: a text that is not UTF-8
/// refuses the request. Not made for requests from strangers.
public final class OTLPReceiver: Sendable {
    private let store: ReceivedMetrics
    private let listener: HTTPListener

    /// Starts to receive.
    /// - Parameters:
    ///   - port: 0 = one that the kernel chooses, see ``port``.
    ///   - tls: Certificate and key; `nil` = plain HTTP.
    ///   - keepsPoints: `false` = points are only counted.
    ///   - maximumPoints: Once so many are kept, further requests are answered 503 until some are taken away.
    ///   - maximumBodyBytes: Of a request, before and after decompression; a larger one is refused.
    /// - Throws: ``HTTPListenerError`` when the address cannot be had, or `tls` cannot be used.
    public init(
        host: String = "127.0.0.1", port: UInt16 = 0, tls: ServerCertificate? = nil, keepsPoints: Bool = true,
        maximumPoints: Int = 4_000_000, maximumBodyBytes: Int = 20 << 20
    ) throws(HTTPListenerError) {
        let store = ReceivedMetrics(
            keepsPoints: keepsPoints, maximumPoints: maximumPoints, maximumBodyBytes: maximumBodyBytes)
        self.store = store
        listener = try HTTPListener(host: host, port: port, tls: tls, maximumBodyBytes: maximumBodyBytes) {
            store.answer($0)
        }
    }

    /// The port that is listened on.
    public var port: UInt16 { listener.port }

    /// What was kept, in the order in which it came.
    public func points() -> [ReceivedPoint] { store.points() }

    /// As ``points()``, and lets go of them.
    public func drainPoints() -> [ReceivedPoint] { store.drainPoints() }

    /// What came so far.
    public var counters: ReceivedCounters { store.counters }

    /// Ends receiving; what was kept stays.
    public func stop() { listener.stop() }
}
