import MetricModel
import Testing

@testable import Planning

@Suite struct GrainChoiceTests {
    static let usual: [Int64] = [60, 300, 900, 1800, 3600, 21_600, 43_200, 86_400]

    /// Declared and offered in seconds, and what is chosen.
    static let choices: [(Int64?, [Int64], Int64, GrainChoice.Basis)] = [
        (60, usual, 60, .asDeclared), (86_400, usual, 86_400, .asDeclared), (300, [3600], 3600, .nearest),
        // Of two equally near ones the first in Azure's list.
        (600, [300, 900], 300, .nearest), (600, [900, 300], 900, .nearest), (600, usual, 300, .nearest),
        (2400, [1800, 3600], 1800, .nearest), (2701, [1800, 3600], 3600, .nearest), (60, [300, 3600], 300, .nearest),
        (86_400, [60, 300], 300, .nearest), (600, [300, 600, 900], 600, .asDeclared),
        (nil, usual, 60, .finest), (nil, [3600, 300, 86_400], 300, .finest),
        // Nobody knows: as declared, or the fallback.
        (60, [], 300, .asDeclared), (nil, [], 300, .asDeclared),
    ]

    @Test("the declared grain, else the nearest by Promitor's rule, else the finest", arguments: choices)
    func choice(declared: Int64?, offered: [Int64], grain: Int64, basis: GrainChoice.Basis) {
        let choice = GrainChoice(
            declared: declared.flatMap(TimeGrain.init), offered: offered.compactMap(TimeGrain.init),
            fallback: .fiveMinutes)
        #expect(choice.grain.seconds == grain && choice.basis == basis)
    }

    @Test("what is not known is what is not listed")
    func unknown() {
        #expect(GrainChoice(declared: .oneHour, offered: nil, fallback: .oneHour).basis == .asDeclared)
    }
}
