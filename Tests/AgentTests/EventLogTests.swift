import Logging
import MetricModel
import Testing

@testable import Agent

/// What an operator reads: troubles once, their end once, never a line a minute.
@Suite struct EventLogTests {
    /// Keeps `level message` of every line.
    struct Recorder: LogHandler {
        let lines: Lock<[String]>
        var logLevel = Logger.Level.debug
        var metadata: Logger.Metadata = [:]
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            let count = event.metadata?["count"].map { " \($0)" } ?? ""
            lines.withLock { $0.append("\(event.level.rawValue) \(event.message)\(count)") }
        }
    }

    private let lines = Lock<[String]>([])
    private let log: EventLog

    init() {
        let lines = lines
        log = EventLog(
            Logger(label: "test") { _ in Recorder(lines: lines) }, collector: "http://collector:4318/v1/metrics")
    }

    private func report(_ causes: [String], paused: Int = 0, isShared: Bool = false) -> CycleReport {
        var report = CycleReport(schedule: "* * * * *", startedAt: Timestamp(seconds: 0))
        report.pausedCount = paused
        report.failures = causes.enumerated().map { index, cause in
            PairFailure(
                metric: "m\(index)", resource: ResourceID("/r"), message: "because", cause: cause, isShared: isShared)
        }
        return report
    }

    private func said(_ level: Logger.Level) -> [String] {
        lines.withLock { $0.filter { $0.hasPrefix(level.rawValue) } }
    }

    @Test("a failure is said when it begins, with how many it hits, and when it is over")
    func failures() {
        log.write(.cycle(report(["down", "down", "down"])))
        log.write(.cycle(report(["down", "down", "down"])))
        #expect(said(.error) == ["error Azure could not be read 3"])
        log.write(.cycle(report(["down", "other"])))
        #expect(said(.error).count == 2, "another cause is news")
        log.write(.cycle(report([])))
        log.write(.cycle(report([])))
        #expect(said(.notice) == ["notice Everything can be read again"])
    }

    @Test("a metric that is only paused is not called well, and not news when it is refused again")
    func paused() {
        log.write(.cycle(report(["refused"])))
        log.write(.cycle(report([], paused: 1)))
        #expect(said(.notice).isEmpty)
        log.write(.cycle(report(["refused"])))
        #expect(said(.error).count == 1)
        log.write(.cycle(report([], paused: 1)))
        log.write(.cycle(report([])))
        #expect(said(.notice) == ["notice Everything can be read again"])
    }

    @Test("what joins a known trouble is said, with how many are new; an outage that hits all is said once")
    func joining() {
        log.write(.cycle(report(["gone"])))
        log.write(.cycle(report(["gone", "gone", "gone"])))
        #expect(said(.error) == ["error Azure could not be read 1", "error Azure could not be read 2"])
        log.write(.cycle(report(["down"], isShared: true)))
        log.write(.cycle(report(["down", "down"], isShared: true)))
        #expect(said(.error).count == 3)
    }

    @Test("the collector's trouble is said once, and its end once")
    func delivery() {
        for _ in 0..<3 { log.write(.delivery(.retrying(reason: "refused", delay: .seconds(1)))) }
        #expect(said(.error).count == 1)
        for _ in 0..<2 { log.write(.delivery(.delivered(points: 1, bytes: 1))) }
        #expect(said(.notice) == ["notice The collector takes points again"])
    }

    @Test("an outage that lasts is said again every ten minutes of waiting, as a warning")
    func longOutage() {
        for _ in 0..<31 { log.write(.delivery(.holding(reason: "401", delay: .seconds(60)))) }
        #expect(said(.error).count == 1)
        #expect(said(.warning).count == 3)
        log.write(.delivery(.delivered(points: 1, bytes: 1)))
        log.write(.delivery(.retrying(reason: "refused", delay: .seconds(1))))
        #expect(said(.error).count == 2, "a new one is news")
    }

    @Test("a request that is divided is a warning, and its lost points an error")
    func dividing() {
        log.write(.delivery(.dividing(points: 9, reason: "status 400: old")))
        #expect(said(.warning).count == 1)
        #expect(said(.warning).first?.contains("sent again in parts") == true)
        log.write(
            .delivery(
                .dropped(points: 1, oldest: Timestamp(seconds: 0), newest: Timestamp(seconds: 0), reason: "status 400"))
        )
        #expect(said(.error).count == 1)
    }

    @Test("lost points are an error every time")
    func lost() {
        for _ in 0..<2 {
            log.write(
                .delivery(
                    .dropped(points: 1, oldest: Timestamp(seconds: 0), newest: Timestamp(seconds: 0), reason: "400")))
            log.write(.delivery(.partialSuccess(rejected: 1, message: nil)))
        }
        #expect(said(.error).count == 4)
    }

    @Test("notices and given-up buckets are said once a pair")
    func notices() {
        var report = report([])
        report.notices = [
            PairNotice(severity: .warning, metric: "m", resource: ResourceID("/r"), message: "odd", kind: .misaligned),
            PairNotice(severity: .error, metric: "m", resource: ResourceID("/r"), message: "cut", kind: .defaultLimit),
        ]
        report.skipped = [
            UnsentRange(
                metric: "m", resource: ResourceID("/r"), range: Timestamp(seconds: 0)..<Timestamp(seconds: 60))
        ]
        for _ in 0..<3 { log.write(.cycle(report)) }
        #expect(said(.warning) == ["warning odd"])
        #expect(said(.error) == ["error Buckets older than collection.catchUp are given up 1", "error cut"])
    }

    @Test("S4: sums that lost their totals are said, with what they miss")
    func gaps() {
        var report = report([])
        report.gaps = ["/a", "/b"].map {
            UnsentRange(metric: "m", resource: ResourceID($0), range: Timestamp(seconds: 0)..<Timestamp(seconds: 60))
        }
        log.write(.cycle(report))
        #expect(said(.error) == ["error Sums lost their totals and begin anew; these buckets are in none of them 2"])
    }

    @Test("failures of one cause are one group that names two and counts the rest")
    func groups() {
        let failures = (0..<4).map {
            PairFailure(
                metric: "m\($0)", resource: ResourceID("/a/r\($0)"), message: "x\($0)", cause: $0 == 3 ? "b" : "a")
        }
        let groups = FailureGroup.groups(failures)
        #expect(groups.map(\.subject) == ["m0 of r0, m1 of r1 and 1 more", "m3 of r3"])
        #expect(groups.map(\.message) == ["x0", "x3"])
    }
}
