import MetricModel

/// The window of a metrics call.
struct MetricsTimespan: Sendable {
    /// First and last moment as asked for, in whole seconds: what the answer repeats.
    let asked: (start: Timestamp, end: Timestamp)
    /// Floored to the minute; the first bucket begins here.
    let start: Timestamp
    /// Floored to the minute; exclusive.
    let end: Timestamp

    /// Azure keeps metrics this long; a longer window is refused.
    static let longest: Duration = .seconds(93 * 86_400)

    /// Reads `start/end`, or a duration that ends now; without text, the last hour.
    init(_ text: String?, now: Timestamp) throws(AzureError) {
        let minute = now.floored(to: .oneMinute)
        guard let text else {
            try self.init(from: minute - .seconds(3600), to: minute)
            return
        }
        if let duration = TimeGrain(iso8601: text) {
            guard duration.duration <= Self.longest else { throw Self.tooLong(text) }
            try self.init(from: minute - duration.duration, to: minute)
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = Timestamp(iso8601: parts[0]), let end = Timestamp(iso8601: parts[1]) else {
            throw .badRequest("Invalid timespan '\(text)': expected an ISO 8601 start and end separated by '/'.")
        }
        try self.init(from: start, to: end)
    }

    private init(from askedStart: Timestamp, to askedEnd: Timestamp) throws(AzureError) {
        asked = (Timestamp(seconds: askedStart.seconds), Timestamp(seconds: askedEnd.seconds))
        start = askedStart.floored(to: .oneMinute)
        end = askedEnd.floored(to: .oneMinute)
        guard start < end else {
            throw .badRequest("Invalid timespan: the end \(askedEnd) is not after the start \(askedStart).")
        }
        // In seconds: the length in nanoseconds of all that can be written does not fit.
        guard end.seconds - start.seconds <= Self.longest.components.seconds else {
            throw Self.tooLong(description)
        }
    }

    private static func tooLong(_ span: String) -> AzureError {
        .badRequest("Invalid timespan: \(span) is longer than 93 days.")
    }

    /// As the answer repeats it.
    var description: String { "\(asked.start)/\(asked.end)" }

    /// The buckets of `width`, counted from the start; the end may cut the last one short.
    func buckets(of width: Duration) -> [(start: Timestamp, end: Timestamp)] {
        var buckets: [(start: Timestamp, end: Timestamp)] = []
        var bucketStart = start
        while bucketStart < end {
            buckets.append((bucketStart, min(bucketStart + width, end)))
            bucketStart = bucketStart + width
        }
        return buckets
    }
}

/// The buckets of a question that have begun a minute ago or longer, oldest first, and the text of each.
struct BucketTimes: Sendable {
    let times: [(start: Timestamp, end: Timestamp)]
    /// `{"timeStamp":"2031-02-03T04:00:00Z"`, once for each.
    private let texts: [UInt8]
    private let textLength: Int

    init(_ span: MetricsTimespan, width: Duration, now: Timestamp) {
        times = span.buckets(of: width).filter { $0.start + .seconds(60) <= now }
        let texts = times.map { Array("{\"timeStamp\":\"\($0.start)\"".utf8) }
        textLength = texts.first?.count ?? 0
        self.texts = Array(texts.joined())
    }

    /// The beginning of the object of the bucket at `index`.
    func text(at index: Int) -> ArraySlice<UInt8> { texts[index * textLength..<(index + 1) * textLength] }
}
