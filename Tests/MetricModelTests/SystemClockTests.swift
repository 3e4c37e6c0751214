import Foundation
import MetricModel
import Testing

@Suite struct SystemClockTests {
    /// Time since the machine started, suspension included.
    private func sinceBoot() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    @Test("the monotonic clock goes on while the machine is suspended")
    func boottime() {
        let before = sinceBoot()
        let now = SystemClock().monotonicNow
        #expect(before <= now && now <= sinceBoot())
    }
}
