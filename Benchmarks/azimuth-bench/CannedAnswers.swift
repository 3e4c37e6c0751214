import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// Answers of Azure Monitor's metrics list, one for each virtual machine `vm-0`, `vm-1`, …
struct CannedAnswers: Sendable {
    /// What the clock of a run says; the answers end three minutes before, where everything is settled.
    static let now = Timestamp(seconds: 1_927_886_400)

    private(set) var lines: [[UInt8]]
    let metricCount: Int
    let bucketCount: Int

    /// Made up: values differ from resource to resource, metric to metric and minute to minute.
    init(resourceCount: Int, metricCount: Int, bucketCount: Int) {
        self.metricCount = metricCount
        self.bucketCount = bucketCount
        let end = Self.now - .seconds(180)
        lines = (0..<resourceCount).map {
            Array(Self.answer(resource: $0, metricCount, bucketCount, end: end).utf8)
        }
    }

    /// As ``write(to:)`` left them, for so many metrics and buckets.
    init(file: String, metricCount: Int, bucketCount: Int) throws {
        self.metricCount = metricCount
        self.bucketCount = bucketCount
        guard let stream = fopen(file, "r") else { throw BenchmarkError(description: "cannot read \(file)") }
        defer { fclose(stream) }
        lines = []
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        while case let count = getline(&buffer, &capacity, stream), count > 0 {
            let bytes = UnsafeRawBufferPointer(start: buffer, count: count)
            lines.append(Array(bytes.last == 10 ? bytes.dropLast() : bytes[...]))
        }
    }

    /// One a line.
    func write(to file: String) throws {
        guard let stream = fopen(file, "w") else { throw BenchmarkError(description: "cannot write \(file)") }
        let isWritten = lines.allSatisfy { line in
            fwrite(line, 1, line.count, stream) == line.count && putc(10, stream) == 10
        }
        guard fclose(stream) == 0, isWritten else { throw BenchmarkError(description: "cannot write \(file)") }
    }

    /// The answer for the machine in `url`.
    func answer(to url: String) -> [UInt8] {
        let name = url.firstRange(of: "/vm-").map { url[$0.upperBound...].prefix { $0.isNumber } }
        return lines[name.flatMap { Int($0) } ?? 0]
    }

    private static func answer(resource: Int, _ metricCount: Int, _ bucketCount: Int, end: Timestamp) -> String {
        let start = end - .seconds(60 * bucketCount)
        let times = (0..<bucketCount).map { "\(start + .seconds(60 * $0))" }
        var metrics: [String] = []
        for metric in 0..<metricCount {
            let data = times.enumerated().map { bucket, time in
                let value = Double((resource * 577 + metric * 131 + bucket * 17) % 1000) / 8
                return "{\"timeStamp\":\"\(time)\",\"average\":\(value)}"
            }
            metrics.append(
                """
                {"id":"/subscriptions/s/metrics/Metric \(metric)","type":"Microsoft.Insights/metrics",\
                "name":{"value":"Metric \(metric)","localizedValue":"Metric \(metric)"},"unit":"Percent",\
                "errorCode":"Success","timeseries":[{"metadatavalues":[],"data":[\(data.joined(separator: ","))]}]}
                """)
        }
        return """
            {"cost":0,"timespan":"\(start)/\(end)","interval":"PT1M","namespace":"Microsoft.Compute/virtualMachines",\
            "resourceregion":"westeurope","value":[\(metrics.joined(separator: ","))]}
            """
    }
}
