import MetricModel
import Testing

@Suite struct DimensionFilterTests {
    typealias Condition = DimensionFilter.Condition

    static let readable: [(String, [Condition])] = [
        ("", []),
        ("  \t", []),
        ("EntityName eq 'orders'", [Condition(name: "EntityName", values: ["orders"])]),
        ("EntityName eq '*'", [Condition(name: "EntityName")]),
        ("EntityName eq *", [Condition(name: "EntityName")]),
        ("EntityName eq orders", [Condition(name: "EntityName", values: ["orders"])]),
        ("EntityName EQ'orders'", [Condition(name: "EntityName", values: ["orders"])]),
        ("A eq ''", [Condition(name: "A", values: [""])]),
        ("A eq '' and B eq ''''", [Condition(name: "A", values: [""]), Condition(name: "B", values: ["'"])]),
        ("A eq 'x and y eq z or w'", [Condition(name: "A", values: ["x and y eq z or w"])]),
        ("A eq 'it''s'", [Condition(name: "A", values: ["it's"])]),
        ("Source IP eq '::1'", [Condition(name: "Source IP", values: ["::1"])]),
        ("A eq 'x' or a eq 'y'", [Condition(name: "A", values: ["x", "y"])]),
        ("A eq 'x' or A eq '*'", [Condition(name: "A")]),
        (
            "A eq 'x' or A eq 'y' and B eq '*' and C eq 'z'",
            [Condition(name: "A", values: ["x", "y"]), Condition(name: "B"), Condition(name: "C", values: ["z"])]
        ),
        ("A eq 'x' and a eq 'y'", [Condition(name: "A", values: ["y"])]),
    ]

    @Test("a filter in Azure's grammar is read", arguments: readable)
    func reads(text: String, conditions: [Condition]) throws {
        #expect(try DimensionFilter(parsing: text).conditions == conditions)
    }

    @Test("what is written is what was meant, and reads the same again", arguments: readable.map(\.1))
    func writes(conditions: [Condition]) throws {
        let filter = DimensionFilter(conditions: conditions)
        #expect(try DimensionFilter(parsing: filter.text) == filter)
    }

    @Test("the written form is Azure's")
    func text() {
        let filter = DimensionFilter(conditions: [
            Condition(name: "A", values: ["it's", "b"]), Condition(name: "C"), Condition(name: "D", values: [""]),
        ])
        #expect(filter.text == "A eq 'it''s' or A eq 'b' and C eq '*' and D eq ''")
        #expect(DimensionFilter(conditions: []).text == "")
    }

    static let unreadable: [(String, Int, String)] = [
        ("EntityName", 10, "found `EntityName`"),
        ("EntityName eq", 13, "a value is missing"),
        ("eq 'x'", 0, "expected a dimension name"),
        ("'x' eq A", 0, "expected a dimension name"),
        ("A ne 'x'", 2, "not `ne`"),
        ("A sw 'x'", 2, "not `sw`"),
        ("A eq 'x", 5, "no closing quote"),
        ("A eq 'x' B eq 'y'", 9, "expected `and` or `or`"),
        ("A eq 'x''y' 'z'", 12, "expected `and` or `or`"),
        ("A eq 'x' and", 12, "found nothing"),
        ("A eq 'x' or B eq 'y'", 9, "one dimension only"),
        ("(A eq 'x')", 0, "no parentheses"),
        ("A eq 'x' and and B eq 'y'", 13, "before `and`"),
    ]

    @Test("anything else is refused at its place", arguments: unreadable)
    func refuses(text: String, offset: Int, message: String) {
        do throws(DimensionFilterError) {
            let filter = try DimensionFilter(parsing: text)
            Issue.record("\(text) was read as \(filter.text)")
        } catch {
            #expect(error.offset == offset)
            #expect(error.message.contains(message), "\(error.message)")
        }
    }

    static let splits: [(String, [String], String)] = [
        ("", [], ""),
        ("", ["A"], "A eq '*'"),
        ("", ["A", "", " ", "a", "B"], "A eq '*' and B eq '*'"),
        ("B eq 'x'", ["A"], "A eq '*' and B eq 'x'"),
        ("a eq 'x'", ["A", "B"], "A eq 'x' and B eq '*'"),
        ("A eq '*'", ["A"], "A eq '*'"),
        ("A eq 'x' or A eq 'y' and C eq 'z'", ["B", "A"], "B eq '*' and A eq 'x' or A eq 'y' and C eq 'z'"),
    ]

    @Test("dimensions are split unless the filter restricts them", arguments: splits)
    func splitting(filter: String, dimensions: [String], expected: String) throws {
        let combined = try DimensionFilter(parsing: filter).splitting(by: dimensions)
        #expect(combined.text == expected)
        #expect(combined.splitting(by: dimensions) == combined)
    }

    @Test("a dimension in two groups is told")
    func repeated() throws {
        #expect(try DimensionFilter.repeatedNames(in: "A eq 'x' and B eq 'y' and a eq 'z'") == ["a"])
        #expect(try DimensionFilter.repeatedNames(in: "A eq 'x' or A eq 'y' and B eq 'z'") == [])
    }
}
