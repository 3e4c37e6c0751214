import MetricModel
import Testing

@testable import OTLPExporter

/// Rows of whom only the order and the number of their smallest parts matter; row 1 is the head, 2 the next …
private struct Rows: DeliveryRows {
    var ids: [RowID]
    var sizes: [RowID: Int]
    var firstRow: RowID? { ids.first }
    /// All rows are live but these.
    var late: Set<RowID> = []
    var lastRow: RowID? { ids.last }
    var newestLiveRow: RowID? { ids.last { !late.contains($0) } }
    func row(after row: RowID) -> RowID? {
        guard let index = ids.firstIndex(of: row), index + 1 < ids.count else { return nil }
        return ids[index + 1]
    }
}

/// Plays a receiver's answers against the rules and writes down what goes out and what becomes of it, as in
/// `1 hold 1000 1 taken`.
private struct Game {
    var rules = DeliveryRules(backoff: Backoff())
    var rows: Rows
    var story: [String] = []

    /// - Parameter sizes: How many smallest parts each row has.
    init(_ sizes: [Int]) {
        let ids = (1...Int64(sizes.count)).map { RowID(number: $0) }
        rows = Rows(ids: ids, sizes: Dictionary(uniqueKeysWithValues: zip(ids, sizes)))
    }

    mutating func answer(_ answers: [OTLPAnswer]) -> [String] {
        for answer in answers {
            guard let row = rules.next(in: rows) else { break }
            let before = story.count
            apply(rules.decide(answer, to: row, in: rows, random: 0.5))
            story.insert("\(row.number):", at: before)
        }
        return story
    }

    mutating func apply(_ steps: [DeliveryRules.Step]) {
        for step in steps {
            switch step {
            case .delivered(let row): tell("taken \(row.number)", without: [row])
            case .drop(let dropped, _): tell("drop \(dropped.map(\.number))", without: dropped)
            case .retry(let delay, _): story.append("retry \(Self.milliseconds(delay))")
            case .hold(let delay, _): story.append("hold \(Self.milliseconds(delay))")
            case .split(let row): apply(split(row))
            }
        }
    }

    private mutating func tell(_ text: String, without gone: [RowID]) {
        story.append(text)
        rows.ids.removeAll(where: gone.contains)
    }

    /// Halves are named by a digit more: 1 becomes 10 and 11, 10 becomes 100 and 101.
    private mutating func split(_ row: RowID) -> [DeliveryRules.Step] {
        let size = rows.sizes[row] ?? 1
        guard size > 1, let index = rows.ids.firstIndex(of: row) else { return rules.divided(row, into: [], in: rows) }
        let parts = [0, 1].map {
            Trial.Part(id: RowID(number: row.number * 10 + Int64($0)), size: $0 == 0 ? size / 2 : size - size / 2)
        }
        rows.ids.replaceSubrange(index...index, with: parts.map(\.id))
        for part in parts { rows.sizes[part.id] = part.size }
        return rules.divided(row, into: parts, in: rows)
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}

@Suite struct DeliveryRulesTests {
    static let taken = OTLPAnswer.accepted(rejected: 0, message: nil)
    static let unfit = OTLPAnswer.unfit(reason: "400")
    static let refused = OTLPAnswer.refused(reason: "500")
    static let notWelcome = OTLPAnswer.notWelcome(reason: "401")
    static let busy = OTLPAnswer.tryAgain(after: nil, reason: "503")

    /// What happens to rows of these sizes at these answers.
    private func story(_ sizes: [Int], _ answers: [OTLPAnswer]) -> String {
        var game = Game(sizes)
        return game.answer(answers).joined(separator: " ")
    }

    @Test("R1: taken rows go in their order")
    func taken() {
        #expect(story([1, 1], [Self.taken, .acceptedUnreadable]) == "1: taken 1 2: taken 2")
    }

    @Test("R2: the same row again, for ever, with growing waits that a success resets")
    func busy() {
        let answers = [Self.busy, Self.busy, Self.busy, Self.taken, Self.busy]
        #expect(
            story([1, 1], answers) == "1: retry 500 1: retry 1000 1: retry 2000 1: taken 1 2: retry 500")
        #expect(story([1], Array(repeating: Self.busy, count: 1000)).hasSuffix("1: retry 30000 1: retry 30000"))
    }

    /// Sizes of the rows, answers, what happens.
    static let tried: [(String, [Int], [OTLPAnswer], String)] = [
        (
            "R5: dropped once the next is taken and it is refused again", [9, 1, 1], [refused, taken, refused, taken],
            "1: 2: taken 2 1: drop [1] 3: taken 3"
        ),
        (
            "R5: a single refusal may be chance", [9, 1, 1], [refused, taken, taken, taken],
            "1: 2: taken 2 1: taken 1 3: taken 3"
        ),
        (
            "R5: the second try outlasts an overload", [9, 1], [refused, taken, busy, busy, taken],
            "1: 2: taken 2 1: retry 500 1: retry 1000 1: taken 1"
        ),
        (
            "R5: what the second try says of the content counts: its parts are tried", [4, 1, 1],
            [refused, taken, unfit, taken, unfit, unfit, taken, taken],
            "1: 2: taken 2 1: 11: taken 11 10: 100: 101: taken 101 drop [100] 3: taken 3"
        ),
        (
            "R5: a smallest part of which the second try says that it is unfit has no third", [1, 1, 1, 1],
            [refused, taken, unfit, taken, taken], "1: 2: taken 2 1: 3: taken 3 drop [1] 4: taken 4"
        ),
        (
            "R5, R4: a second try that is not welcome holds", [9, 1, 1], [refused, taken, notWelcome, taken, taken],
            "1: 2: taken 2 1: hold 1000 1: taken 1 3: taken 3"
        ),
        ("R5: the newest is not asked", [1, 1, 1], [refused, refused, taken], "1: 2: hold 1000 1: taken 1"),
        (
            "R5: if the next is refused as well, both are held", [1, 1], [refused, unfit, refused, refused],
            "1: 2: hold 1000 1: hold 2000 1: hold 4000"
        ),
        (
            "R3: a smallest part is dropped once the next row is taken", [1, 1], [unfit, taken],
            "1: 2: taken 2 drop [1]"
        ),
        (
            "R3: or the newest", [1, 1, 1, 1], [unfit, unfit, taken, taken],
            "1: 2: 4: taken 4 drop [1] 2: taken 2"
        ),
        (
            "R3: if both are refused, everything is held", [1, 1, 1],
            [unfit, refused, notWelcome, unfit, taken, taken],
            "1: 2: 3: hold 1000 1: hold 2000 1: taken 1 2: taken 2"
        ),
        (
            "R3: the halves go in their order", [2, 1], [unfit, taken, taken, taken],
            "1: 10: taken 10 11: taken 11 2: taken 2"
        ),
        (
            "R3: the smallest refused part is dropped once another part is taken", [4, 1],
            [unfit, unfit, unfit, taken, taken],
            "1: 10: 100: 11: taken 11 drop [100] 101: taken 101"
        ),
        (
            "R3: a refused last part is dropped once the next row is taken", [2, 1], [unfit, taken, unfit, taken],
            "1: 10: taken 10 11: 2: taken 2 drop [11]"
        ),
        (
            "R3: if nothing waits behind, that others of the row were taken is enough", [2], [unfit, taken, unfit],
            "1: 10: taken 10 11: drop [11]"
        ),
        (
            "R3: if all others are refused now, the refused part is kept and sent again", [2, 1],
            [unfit, taken, unfit, unfit, taken], "1: 10: taken 10 11: 2: hold 1000 11: taken 11"
        ),
        (
            "R3: no part is taken, the next row is: all of it is dropped", [2, 1], [unfit, unfit, unfit, taken],
            "1: 10: 11: 2: taken 2 drop [10, 11]"
        ),
        (
            "R3: after 4 log2 n requests without a part taken others are asked: here 12, for eight parts", [8, 1],
            Array(repeating: unfit, count: 13) + [taken],
            "1: 10: 100: 1000: 11: 111: 1111: 101: 1010: 110: 1101: 1001: 1011: 2: taken 2 drop "
                + "[1000, 1001, 1010, 1011, 1100, 1101, 1110, 1111]"
        ),
        (
            "R4: an answer that speaks of nothing holds in the middle of a row", [2, 1],
            [unfit, notWelcome, notWelcome, taken, taken], "1: 10: hold 1000 10: hold 2000 10: taken 10 11: taken 11"
        ),
        (
            "R5: a part that is refused in words that speak of no content is not divided", [4, 1],
            [unfit, refused, taken, refused, taken], "1: 10: 11: taken 11 10: drop [10] 2: taken 2"
        ),
        (
            "R5: parts that were refused by chance", [4, 1], [unfit, refused, refused, taken, taken, taken],
            "1: 10: 11: 2: taken 2 10: taken 10 11: taken 11"
        ),
        (
            "R5: if nothing waits behind, that others of the row were taken is enough", [2],
            [unfit, taken, refused, refused], "1: 10: taken 10 11: 11: drop [11]"
        ),
        (
            "an overload while another row is tried: that row again", [1, 1], [refused, busy, taken, refused],
            "1: 2: retry 500 2: taken 2 1: drop [1]"
        ),
    ]

    @Test("is it the row or the receiver?", arguments: tried)
    func rowOrReceiver(rule: String, sizes: [Int], answers: [OTLPAnswer], expected: String) {
        #expect(story(sizes, answers) == expected, "\(rule)")
    }

    /// Rows that are not live, and what happens to the first of four that is refused, as the second is.
    static let newest: [([Int64], String)] = [
        ([], "1: 2: 4: taken 4 drop [1]"), ([4], "1: 2: 3: taken 3 drop [1]"),
        ([3, 4], "1: 2: hold 1000 1: taken 1"), ([1, 2, 3, 4], "1: 2: 4: taken 4 drop [1]"),
    ]

    @Test("R3: the newest row that is asked is live; where none is, it is the last", arguments: newest)
    func newestLive(late: [Int64], expected: String) {
        var game = Game([1, 1, 1, 1])
        game.rows.late = Set(late.map { RowID(number: $0) })
        #expect(game.answer([Self.unfit, Self.unfit, Self.taken]).joined(separator: " ") == expected)
    }

    static let waited: [(OTLPAnswer, [String])] = [
        (refused, ["1:", "2:", "taken 2", "1:", "drop [1]"]), (unfit, ["1:", "2:", "taken 2", "drop [1]"]),
    ]

    @Test("R5, R3: a refused row without another is held until there is one", arguments: waited)
    func alone(answer: OTLPAnswer, expected: [String]) {
        var game = Game([1])
        #expect(game.answer([answer, answer]) == ["1:", "hold 1000", "1:", "hold 2000"])
        game.rows.ids.append(RowID(number: 2))
        #expect(game.answer([answer, Self.taken, answer]).suffix(expected.count) == expected[...])
    }

    @Test("R4: ten refused probes, up to a minute apart, before another row is tried")
    func hold() {
        let waits = [1, 2, 4, 8, 16, 32, 60, 60, 60].map { "1: hold \($0 * 1000)" }
        #expect(
            story([9, 1], Array(repeating: Self.notWelcome, count: 11))
                == (waits + ["1:", "2: hold 60000"]).joined(separator: " "))
    }

    @Test("R4: the head is given up only when others were taken three times while it was refused")
    func alternations() {
        let probes = Array(repeating: Self.notWelcome, count: 10)
        let answers = probes + [Self.taken, Self.notWelcome, Self.taken, Self.notWelcome, Self.taken]
        #expect(
            story([1, 1, 1, 1], answers).hasSuffix("1: 2: taken 2 1: 3: taken 3 1: 4: taken 4 drop [1]"))
    }

    @Test("R4: a head that is welcome again goes on, and nothing is remembered")
    func welcomeAgain() {
        let probes = Array(repeating: Self.notWelcome, count: 10)
        let story = story([1, 1, 1], probes + [Self.taken, Self.taken, Self.notWelcome])
        #expect(story.hasSuffix("1: 2: taken 2 1: taken 1 3: hold 1000"))
    }

    @Test("R4, R3: a held row of which the receiver then says what is wrong is divided")
    func thenUnfit() {
        let answers = [Self.notWelcome, Self.notWelcome, Self.unfit, Self.taken, Self.taken]
        #expect(story([2, 1], answers) == "1: hold 1000 1: hold 2000 1: 10: taken 10 11: taken 11")
    }

    @Test("R3: a row that was held is looked into again once others are taken")
    func heldThenOthers() {
        let refusedByAll = Array(repeating: Self.unfit, count: 1 + 2 + 1)
        let probes = Array(repeating: Self.unfit, count: 10)
        let story = story([2, 1, 1], refusedByAll + [Self.unfit] + probes + [Self.taken, Self.unfit, Self.taken])
        #expect(story.hasPrefix("1: 10: 11: 2: 3: hold 1000 10: hold 2000"))
        #expect(story.hasSuffix("10: 2: taken 2 10: 11: taken 11 drop [10]"))
    }

    @Test("R3: at most 512 requests are spent on one row")
    func limit() {
        var game = Game([4096, 1])
        // Every other of the smallest parts is bad: nothing larger is taken.
        var sent = 0
        while let row = game.rules.next(in: game.rows), row.number != 2 {
            let isSmallest = game.rows.sizes[row] == 1
            let answer = isSmallest && row.number.isMultiple(of: 10) ? Self.taken : Self.unfit
            sent += 1
            game.apply(game.rules.decide(answer, to: row, in: game.rows, random: 0))
        }
        #expect(sent == 512)
        #expect(game.rows.ids == [RowID(number: 2)])
    }
}
