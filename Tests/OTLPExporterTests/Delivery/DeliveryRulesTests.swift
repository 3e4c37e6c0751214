import MetricModel
import Testing

@testable import OTLPExporter

@Suite struct DeliveryRulesTests {
    static let taken = OTLPAnswer.accepted(rejected: 0, message: nil)
    static let refused = OTLPAnswer.refused(reason: "400")
    static let notWelcome = OTLPAnswer.notWelcome(reason: "401")
    static let busy = OTLPAnswer.tryAgain(after: nil, reason: "503")

    /// The steps for a run of answers, with jitter at half.
    private func steps(_ answers: [OTLPAnswer], hasNext: Bool = true) -> [DeliveryRules.Step] {
        var rules = DeliveryRules(backoff: Backoff())
        return answers.map { rules.decide($0, hasNext: hasNext, random: 0.5) }
    }

    @Test("R1: taken rows go in their order")
    func taken() {
        #expect(steps([Self.taken, .acceptedUnreadable]) == [.delivered(.head), .delivered(.head)])
    }

    @Test("R2: the same row again, for ever, with growing waits that a success resets")
    func busy() {
        let waits = steps([Self.busy, Self.busy, Self.busy, Self.taken, Self.busy])
        #expect(
            waits == [
                .retry(after: .milliseconds(500), reason: "503"), .retry(after: .seconds(1), reason: "503"),
                .retry(after: .seconds(2), reason: "503"), .delivered(.head),
                .retry(after: .milliseconds(500), reason: "503"),
            ])
        let long = steps(Array(repeating: Self.busy, count: 1000))
        #expect(long.last == .retry(after: .seconds(30), reason: "503"))
    }

    @Test("R5: a refused row is dropped once the next is taken")
    func poison() {
        #expect(
            steps([Self.refused, Self.taken, Self.taken]) == [
                .send(.next), .deliveredNextDropHead(reason: "400"), .delivered(.head),
            ])
    }

    @Test("R5: if the next is refused as well, both are held")
    func allRefused() {
        #expect(
            steps([Self.refused, Self.refused, Self.refused, Self.refused]) == [
                .send(.next), .hold(after: .seconds(1), reason: "400"), .hold(after: .seconds(2), reason: "400"),
                .hold(after: .seconds(4), reason: "400"),
            ])
    }

    @Test("R5: a refused row without another is held until there is one")
    func alone() {
        var rules = DeliveryRules(backoff: Backoff())
        #expect(rules.decide(Self.refused, hasNext: false, random: 0) == .hold(after: .seconds(1), reason: "400"))
        #expect(rules.decide(Self.refused, hasNext: false, random: 0) == .hold(after: .seconds(2), reason: "400"))
        #expect(rules.decide(Self.refused, hasNext: true, random: 0) == .send(.next))
        #expect(rules.decide(Self.taken, hasNext: true, random: 0) == .deliveredNextDropHead(reason: "400"))
    }

    @Test("R4: ten refused probes, up to a minute apart, before another row is tried")
    func hold() {
        let steps = steps(Array(repeating: Self.notWelcome, count: 10))
        let waits = [1, 2, 4, 8, 16, 32, 60, 60, 60].map { Duration.seconds($0) }
        #expect(steps == waits.map { .hold(after: $0, reason: "401") } + [.send(.next)])
    }

    @Test("R4: the head is given up only when others were taken three times while it was refused")
    func alternations() {
        let probes = Array(repeating: Self.notWelcome, count: 10)
        let steps = steps(probes + [Self.taken, Self.notWelcome, Self.taken, Self.notWelcome, Self.taken])
        #expect(
            steps.suffix(6) == [
                .send(.next), .delivered(.next), .send(.next), .delivered(.next), .send(.next),
                .deliveredNextDropHead(reason: "401"),
            ])
    }

    @Test("R4: a head that is welcome again goes on, and nothing is remembered")
    func welcomeAgain() {
        let probes = Array(repeating: Self.notWelcome, count: 10)
        let steps = steps(probes + [Self.taken, Self.taken, Self.notWelcome])
        #expect(
            steps.suffix(4) == [
                .send(.next), .delivered(.next), .delivered(.head), .hold(after: .seconds(1), reason: "401"),
            ])
    }

    @Test("an overload while the next row is tried says nothing about the head")
    func busyInBetween() {
        #expect(
            steps([Self.refused, Self.busy, Self.taken]) == [
                .send(.next), .retry(after: .milliseconds(500), reason: "503"), .delivered(.head),
            ])
    }

    @Test("an answer that cannot be read costs that row only")
    func unknown() {
        let unknown = OTLPAnswer.unknown(reason: "bomb")
        #expect(steps([unknown, Self.taken]) == [.drop(.head, reason: "bomb"), .delivered(.head)])
        #expect(
            steps([Self.refused, unknown, Self.refused]) == [
                .send(.next), .drop(.next, reason: "bomb"), .send(.next),
            ])
    }
}
