import Gzip
import MetricModel

/// Half of a request, as a request of its own.
struct RequestPart: Equatable {
    var batch: EncodedBatch
    /// How many parts it has that are not divided any further: its metrics, those of each resource counted by themselves.
    var smallestParts: Int
}

/// Divides requests that a receiver refuses.
enum RequestSplitter {
    /// Two requests that together say what `batch` says, in its order: between two resources, where there are several, else
    /// between two metrics of the resource. Points are copied, never encoded anew.
    /// - Returns: `nil` for what is not divided any further: one metric of one resource, or bytes that cannot be read.
    static func halves(of batch: EncodedBatch) -> [RequestPart]? {
        guard let message = try? message(of: batch) else { return nil }
        return message.withUnsafeBytes { bytes in
            let reader = WireReader(bytes: bytes)
            // What cannot be read is not divided: the refusal stands for the whole of it.
            guard let layout = try? RequestLayout(reader) else { return nil }
            let metrics = layout.metrics
            guard let cut = cut(layout, metricCount: metrics.count) else { return nil }
            let halves = [0..<cut, cut..<metrics.count]
            let parts = halves.compactMap { half -> RequestPart? in
                let message = Self.message(of: half, layout, bytes)
                return try? part(message, metrics[half], isCompressed: batch.isCompressed)
            }
            return parts.count == halves.count ? parts : nil
        }
    }

    private static func message(of batch: EncodedBatch) throws(GzipError) -> [UInt8] {
        batch.isCompressed ? try Gzip.decompress(batch.body, limit: batch.uncompressedBytes) : batch.body
    }

    /// How many metrics go into the first half.
    private static func cut(_ layout: RequestLayout, metricCount: Int) -> Int? {
        guard metricCount > 1 else { return nil }
        let resources = layout.resources.map(\.metricCount).filter { $0 > 0 }
        guard resources.count > 1 else { return metricCount / 2 }
        // The end of the resource that is nearest to the middle.
        var end = 0
        let ends = resources.dropLast().map { count -> Int in
            end += count
            return end
        }
        return ends.min { abs(2 * $0 - metricCount) < abs(2 * $1 - metricCount) }
    }

    /// The request with the metrics number `range`, counted over all resources.
    private static func message(
        of range: Range<Int>, _ layout: RequestLayout, _ bytes: UnsafeRawBufferPointer
    ) -> [UInt8] {
        var request = WireWriter()
        var first = 0
        for resource in layout.resources {
            let own = first..<(first + resource.metricCount)
            let wanted = own.clamped(to: range)
            if wanted == own, !own.isEmpty {
                request.copy(resource.whole, of: bytes)
            } else if !wanted.isEmpty {
                request.append(RequestLayout.resourceMetrics, message(of: wanted, from: first, resource, bytes))
            }
            first = own.upperBound
        }
        return request.bytes
    }

    private static func message(
        of range: Range<Int>, from first: Int, _ resource: RequestLayout.Resource, _ bytes: UnsafeRawBufferPointer
    ) -> WireWriter {
        var message = WireWriter()
        var number = first
        for piece in resource.pieces {
            switch piece {
            case .common(let field): message.copy(field, of: bytes)
            case .child(let scope):
                var part = WireWriter()
                var metrics = 0
                for piece in scope {
                    switch piece {
                    case .common(let field): part.copy(field, of: bytes)
                    case .child(let metric):
                        if range.contains(number) {
                            part.copy(metric.whole, of: bytes)
                            metrics += 1
                        }
                        number += 1
                    }
                }
                if metrics > 0 { message.append(RequestLayout.scopeMetrics, part) }
            }
        }
        return message
    }

    private static func part(
        _ message: [UInt8], _ metrics: ArraySlice<RequestLayout.Metric>, isCompressed: Bool
    ) throws(GzipError) -> RequestPart {
        let batch = EncodedBatch(
            body: isCompressed ? try Gzip.compress(message) : message, isCompressed: isCompressed,
            pointCount: metrics.reduce(0) { $0 + $1.points }, uncompressedBytes: message.count,
            oldest: metrics.map(\.oldest).min() ?? Timestamp(nanosecondsSince1970: .max),
            newest: metrics.map(\.newest).max() ?? Timestamp(nanosecondsSince1970: .min))
        return RequestPart(batch: batch, smallestParts: metrics.count)
    }
}
