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

    @Test("what Azure and the system clock agree on counts, whatever the system clock does then")
    func learned() {
        let clock = SteppedClock(start: start)
        let time = AzureTime(clock: clock)
        time.observe(date: start + .seconds(20), host: "arm")
        clock.jumpSystemClock(by: .seconds(-86_400))
        clock.advance(by: .seconds(60))
        #expect(time.now == start + .seconds(80))
        time.observe(date: start + .seconds(80), host: "arm")
        #expect(time.now == start + .seconds(80))
    }

    @Test("a Date that is ahead from the start is not believed before the system clock says the same")
    func aheadFromTheStart() {
        let clock = SteppedClock(start: start)
        let time = AzureTime(clock: clock)
        for _ in 0..<50 {
            clock.advance(by: .seconds(60))
            time.observe(date: clock.systemNow + .seconds(3600), host: "arm")
            #expect(time.now == clock.systemNow && time.nowByAnswers == clock.systemNow + .seconds(3600))
        }
        // It was the system clock, and somebody mends it.
        clock.jumpSystemClock(by: .seconds(3600))
        #expect(time.now == clock.systemNow)
        time.observe(date: clock.systemNow, host: "arm")
        clock.jumpSystemClock(by: .seconds(-3600))
        #expect(time.now == clock.systemNow + .seconds(3600), "they have agreed")
    }

    @Test("a Date that jumps ahead later changes nothing, one that is behind delays")
    func jumpsOfTheDate() {
        let clock = SteppedClock(start: start)
        let time = AzureTime(clock: clock)
        func hear(_ error: Int) {
            for _ in 0..<ClockOffset.samplesPerHost {
                clock.advance(by: .seconds(60))
                time.observe(date: clock.systemNow + .seconds(error), host: "arm")
            }
        }
        hear(0)
        hear(3600)
        #expect(time.now == clock.systemNow)
        hear(5400)
        #expect(time.now == clock.systemNow)
        hear(-100)
        #expect(time.now == clock.systemNow - .seconds(100))
        hear(0)
        #expect(time.now == clock.systemNow)
    }

    @Test(
        "no clock that is wrong alone makes it run ahead, and all is well once it is mended",
        arguments: UInt64(0)..<200)
    func oneWrongClock(seed: UInt64) {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        let errors = [0, 0, 29, -29, 45, -45, 3600, -3600, 86_400, -86_400, 5400]
        let isSystemWrong = seed.isMultiple(of: 2)
        let clock = SteppedClock(start: start)
        var (truth, systemError, dateError) = (start, 0, 0)
        func change(to error: Int) {
            if isSystemWrong {
                clock.jumpSystemClock(by: .seconds(error - systemError))
                systemError = error
            } else {
                dateError = error
            }
        }
        func advance(_ seconds: Int) {
            clock.advance(by: .seconds(seconds))
            truth = truth + .seconds(seconds)
        }
        change(to: errors[random(errors.count)])
        let time = AzureTime(clock: clock)
        for _ in 0..<300 {
            advance(1 + random(120))
            if random(12) == 0 { change(to: errors[random(errors.count)]) }
            if random(3) > 0 { time.observe(date: truth + .seconds(dateError), host: ["arm", "login"][random(2)]) }
            if time.isLearned { #expect(time.now <= truth + AzureTime.tolerableSkew) }
        }
        change(to: 0)
        for _ in 0..<20 {
            advance(60)
            time.observe(date: truth, host: "arm")
        }
        #expect(time.now == truth)
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

    @Test("more than 30 s off is reported once, and again only after the clocks agreed or when it is another's fault")
    func skew() {
        let clock = SteppedClock(start: start)
        let reports = Lock<[ClockSkew]>([])
        let time = AzureTime(clock: clock) { skew in reports.withLock { $0.append(skew) } }
        func hear(_ seconds: Int) {
            for _ in 0..<ClockOffset.samplesPerHost { time.observe(date: start + .seconds(seconds), host: "arm") }
        }
        hear(30)
        #expect(reports.withLock { $0 }.isEmpty && time.skewAgainstSystemClock == .seconds(30))
        clock.jumpSystemClock(by: .seconds(-1))
        hear(30)
        var expected = [ClockSkew(azureAhead: .seconds(31), hasSystemClockJumped: true)]
        #expect(reports.withLock { $0 } == expected)
        clock.jumpSystemClock(by: .seconds(31))
        hear(30)
        clock.jumpSystemClock(by: .seconds(100))
        hear(30)
        expected.append(ClockSkew(azureAhead: .seconds(-100), hasSystemClockJumped: true))
        #expect(reports.withLock { $0 } == expected)
        hear(3600)
        expected.append(ClockSkew(azureAhead: .seconds(3470), hasSystemClockJumped: false))
        #expect(reports.withLock { $0 } == expected)
    }
}
