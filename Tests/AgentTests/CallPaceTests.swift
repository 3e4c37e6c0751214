import MetricModel
import Testing

@testable import Agent

/// A large cycle is spread; a small one, the first one, and what is asked again are not.
struct CallPaceTests {
    @Test(arguments: [
        (calls: 100, spread: 30, number: 0, start: 1000), (100, 30, 50, 1015), (100, 30, 99, 1029),
        (60, 15, 30, 1007),
    ])
    func spreads(calls: Int, spread: Int, number: Int, start: Int) throws {
        let pace = CallPace(start: .seconds(1000), callCount: calls, spread: .seconds(spread))
        let begin = try #require(pace.start(ofCall: number))
        #expect(begin >= .seconds(start) && begin < .seconds(start + 1))
    }

    @Test(arguments: [(calls: 50, spread: 30, number: 10), (100, 0, 10), (100, 30, 100)])
    func doesNotDelay(calls: Int, spread: Int, number: Int) {
        let pace = CallPace(start: .seconds(1000), callCount: calls, spread: .seconds(spread))
        #expect(pace.start(ofCall: number) == nil)
    }
}
