import MetricModel
import Testing

@testable import AzureMonitor

/// Rule T1.
@Suite struct AzureTimeTests {
    let start = Timestamp(seconds: 1_927_857_906)

    @Test("before the first answer it is the system clock's start, and a jump of that changes nothing")
    func beforeTheFirstAnswer() {
        let clock = SteppedClock(start: start)
        let time = AzureTime(clock: clock)
        #expect(time.now == start && !time.isLearned && time.skewAgainstSystemClock == .zero)
        clock.jumpSystemClock(by: .seconds(7200))
        clock.advance(by: .seconds(5))
        #expect(time.now == start + .seconds(5))
    }

    @Test("the Date of answers counts, whatever the system clock does")
    func learned() {
        let clock = SteppedClock(start: start)
        let time = AzureTime(clock: clock)
        time.observe(date: start + .seconds(100), host: "arm")
        clock.jumpSystemClock(by: .seconds(-86_400))
        clock.advance(by: .seconds(60))
        #expect(time.now == start + .seconds(160))
    }

    @Test("one odd answer among several moves nothing")
    func median() {
        var offset = ClockOffset()
        for (second, error) in [0, 0, -5000, 0, 9000].enumerated() {
            offset.observe(date: start + .seconds(second + error), host: "arm", monotonic: .seconds(second))
        }
        #expect(offset.learned == .seconds(start.seconds))
    }

    @Test("of two that disagree the earlier counts, also of two hosts")
    func lowerMedian() {
        var offset = ClockOffset()
        offset.observe(date: start + .seconds(10), host: "arm", monotonic: .zero)
        offset.observe(date: start, host: "arm", monotonic: .zero)
        #expect(offset.learned == .seconds(start.seconds))
        offset.observe(date: start + .seconds(500), host: "login", monotonic: .zero)
        #expect(offset.learned == .seconds(start.seconds))
    }

    @Test("a real change is believed after half of the remembered answers")
    func change() {
        var offset = ClockOffset()
        for _ in 0..<ClockOffset.samplesPerHost { offset.observe(date: start, host: "arm", monotonic: .zero) }
        for _ in 0..<3 { offset.observe(date: start + .seconds(60), host: "arm", monotonic: .zero) }
        #expect(offset.learned == .seconds(start.seconds))
        offset.observe(date: start + .seconds(60), host: "arm", monotonic: .zero)
        #expect(offset.learned == .seconds(start.seconds + 60))
    }

    @Test("what is ten minutes older than the newest answer counts, what is older does not", arguments: [600, 601])
    func memory(seconds: Int) {
        var offset = ClockOffset()
        for _ in 0..<3 { offset.observe(date: start, host: "login", monotonic: .zero) }
        offset.observe(date: start + .seconds(seconds + 7200), host: "arm", monotonic: .seconds(seconds))
        #expect(offset.learned == .seconds(start.seconds + (seconds > 600 ? 7200 : 0)))
    }

    @Test("a host that is seldom heard does not hold on to an offset that has changed")
    func seldomHeardHost() {
        var offset = ClockOffset()
        func hear(_ host: String, minute: Int, jump: Int) {
            offset.observe(
                date: start + .seconds(60 * minute + jump), host: host, monotonic: .seconds(60 * minute))
        }
        for minute in 0..<120 {
            if minute.isMultiple(of: 40) { hear("login", minute: minute, jump: 0) }
            hear("arm", minute: minute, jump: 0)
        }
        // The clock lost an hour in a way that the monotonic clock did not see.
        for minute in 120..<131 { hear("arm", minute: minute, jump: 3600) }
        #expect(offset.learned == .seconds(start.seconds + 3600))
    }

    @Test("more than 30 s off is reported once, and again only after the clocks agreed")
    func skew() {
        let clock = SteppedClock(start: start)
        let reports = Lock<[Duration]>([])
        let time = AzureTime(clock: clock) { skew in reports.withLock { $0.append(skew) } }
        time.observe(date: start + .seconds(30), host: "arm")
        #expect(reports.withLock { $0 }.isEmpty && time.skewAgainstSystemClock == .seconds(30))
        clock.jumpSystemClock(by: .seconds(-1))
        time.observe(date: start + .seconds(30), host: "arm")
        time.observe(date: start + .seconds(30), host: "arm")
        #expect(reports.withLock { $0 } == [.seconds(31)])
        clock.jumpSystemClock(by: .seconds(31))
        time.observe(date: start + .seconds(30), host: "arm")
        clock.jumpSystemClock(by: .seconds(100))
        time.observe(date: start + .seconds(30), host: "arm")
        #expect(reports.withLock { $0 } == [.seconds(31), .seconds(-100)])
    }
}
