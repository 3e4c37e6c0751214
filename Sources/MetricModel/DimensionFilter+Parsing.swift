/// Why a text is no dimension filter.
public struct DimensionFilterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what to write instead.
    public var message: String
    /// Characters before the place where it went wrong.
    public var offset: Int

    public var description: String { message }
}

extension DimensionFilter {
    /// Reads a filter as Azure has it: `EntityName eq 'orders' and ApiName eq '*'`.
    ///
    /// Tolerated besides: keywords in any case, and a value of one word without quotes, which is sent with quotes.
    /// A dimension that stands in two groups keeps the last one's values, as in Promitor; ``repeatedNames(in:)`` tells which.
    /// A blank text is the empty filter.
    public init(parsing text: String) throws(DimensionFilterError) {
        conditions = []
        for condition in try FilterReader.conditions(in: text) { set(condition) }
    }

    /// Dimensions that stand in more than one group of `text` joined by `and`, so that only the last group counts.
    public static func repeatedNames(in text: String) throws(DimensionFilterError) -> [String] {
        var seen = DimensionFilter(conditions: [])
        var repeated: [String] = []
        for condition in try FilterReader.conditions(in: text) {
            if seen.index(of: condition.name) != nil { repeated.append(condition.name) }
            seen.set(condition)
        }
        return repeated
    }
}

/// A word or a quoted value, with the characters before it.
private struct FilterToken {
    enum Kind: Equatable { case word(String), quoted(String) }
    var kind: Kind
    var offset: Int

    /// The lower-case word, or `nil` for a quoted value.
    var keyword: String? {
        if case .word(let word) = kind { word.lowercased() } else { nil }
    }
}

/// Recursive descent over `group and group …`, `group` being `name eq value or name eq value …`.
private struct FilterReader {
    private var tokens: ArraySlice<FilterToken>
    private let end: Int

    static func conditions(in text: String) throws(DimensionFilterError) -> [DimensionFilter.Condition] {
        var reader = FilterReader(tokens: try tokens(of: text)[...], end: text.count)
        return try reader.groups()
    }

    private mutating func groups() throws(DimensionFilterError) -> [DimensionFilter.Condition] {
        guard !tokens.isEmpty else { return [] }
        var groups = [try group()]
        while let token = tokens.popFirst() {
            guard token.keyword == "and" else {
                throw failure("expected `and` or `or` between two conditions", at: token)
            }
            groups.append(try group())
        }
        return groups
    }

    private mutating func group() throws(DimensionFilterError) -> DimensionFilter.Condition {
        let name = try name()
        var values = [try value(of: name)]
        while let token = tokens.first, token.keyword == "or" {
            tokens.removeFirst()
            let other = try self.name()
            guard other.lowercased() == name.lowercased() else {
                throw failure(
                    "`or` joins values of one dimension only, not `\(name)` and `\(other)`; join them with `and`",
                    at: token)
            }
            values.append(try value(of: name))
        }
        return .init(name: name, values: values.contains("*") ? [] : values)
    }

    /// Everything up to `eq`: Azure knows names with spaces.
    private mutating func name() throws(DimensionFilterError) -> String {
        var words: [String] = []
        while let token = tokens.popFirst() {
            guard case .word(let word) = token.kind else {
                throw failure("expected a dimension name and `eq` before this value", at: token)
            }
            switch word.lowercased() {
            case "eq" where !words.isEmpty: return words.joined(separator: " ")
            case "ne", "gt", "ge", "lt", "le", "sw", "in":
                throw failure("Azure Monitor's filter knows `eq` only, not `\(word)`", at: token)
            case "eq", "and", "or": throw failure("expected a dimension name before `\(word)`", at: token)
            default: break
            }
            guard !word.contains(where: { "()".contains($0) }) else {
                throw failure("Azure Monitor's filter has no parentheses", at: token)
            }
            words.append(word)
        }
        let found = words.isEmpty ? "nothing" : "`\(words.joined(separator: " "))`"
        throw DimensionFilterError(message: "expected `name eq 'value'`, found \(found)", offset: end)
    }

    private mutating func value(of name: String) throws(DimensionFilterError) -> String {
        switch tokens.popFirst()?.kind {
        case .quoted(let value), .word(let value): return value
        case nil: throw DimensionFilterError(message: "a value is missing after `\(name) eq`", offset: end)
        }
    }

    private func failure(_ message: String, at token: FilterToken) -> DimensionFilterError {
        DimensionFilterError(message: message, offset: token.offset)
    }

    private static func tokens(of text: String) throws(DimensionFilterError) -> [FilterToken] {
        let characters = Array(text)
        var tokens: [FilterToken] = []
        var position = 0
        while position < characters.count {
            let start = position
            if characters[position].isWhitespace {
                position += 1
            } else if characters[position] == "'" {
                tokens.append(.init(kind: .quoted(try quoted(characters, at: &position)), offset: start))
            } else {
                while position < characters.count, !characters[position].isWhitespace, characters[position] != "'" {
                    position += 1
                }
                tokens.append(.init(kind: .word(String(characters[start..<position])), offset: start))
            }
        }
        return tokens
    }

    /// From the opening quote to behind the closing one; a doubled quote stands for one.
    private static func quoted(
        _ characters: [Character], at position: inout Int
    ) throws(DimensionFilterError) -> String {
        let start = position
        var value = ""
        position += 1
        while position < characters.count {
            if characters[position] == "'" {
                position += 1
                guard position < characters.count, characters[position] == "'" else { return value }
            }
            value.append(characters[position])
            position += 1
        }
        throw DimensionFilterError(message: "a value has no closing quote; write a ' in a value as ''", offset: start)
    }
}
