import AzureSimulator
import CallCounts
import Testing

/// The slice of `make call-counts` that is quick.
@Suite(.timeLimit(.minutes(5))) struct CallCountTests {
    @Test(
        "the simulator counts exactly the calls that azimuth plan says, stopped resources included",
        arguments: [
            (EstateScale.small, false, 2, ["token": 2, "metricDefinitions": 2, "resourceGraph": 1]),
            (.medium, false, 24, ["token": 2, "metricDefinitions": 8, "resourceGraph": 1]),
            // Levels and amounts apart, from the first cycle on.
            (.small, true, 4, ["token": 2, "metricDefinitions": 2, "resourceGraph": 1]),
        ])
    func counts(scale: EstateScale, isStrict: Bool, calls: Int, besides: [String: Int]) async throws {
        let outcome = try await CallCounts(scale, azimuth: Paths.azimuth, isStrict: isStrict).run()
        #expect(outcome.complaints.isEmpty, "\(outcome)")
        #expect(outcome.planned == calls && outcome.cycles == Array(repeating: calls, count: 10))
        #expect(outcome.besides == besides)
    }
}
