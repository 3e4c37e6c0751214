import MetricModel
import Planning
import Settlement

/// A destination that fell behind and has ledgers of its own for one schedule, until it is level again (rule D4).
struct Follower: Sendable, Equatable {
    let destination: String
    /// Of its ledgers, in the store and in the table.
    let view: Int64
    /// Its first strip in the table: a copy of all common ones, in their order.
    var firstStrip: Int
}

/// Destinations that fall behind and catch up. Their pairs are planned like all others: far behind they are laggards with
/// calls of their own; once they are near, one call reaches back for both, and one answer settles both ledgers.
extension ScrapeLoop {
    /// Strips of the ledgers that all destinations share.
    var commonStrips: Range<Int> { 0..<(followers.first?.firstStrip ?? table.strips.count) }

    /// Who shares the common ledgers.
    var levelDestinations: [String] {
        destinations.filter { name in !followers.contains { $0.destination == name } }
    }

    func destinations(of view: Int64) -> [String] {
        view == 0 ? levelDestinations : followers.filter { $0.view == view }.map(\.destination)
    }

    /// Takes up the destinations that were behind when the last run ended.
    func resumeFollowers() async throws {
        for (position, destination) in destinations.enumerated() {
            let mark = try await state.documents(followerDocument(destination))
            guard !mark.isEmpty else { continue }
            appendStrips(of: destination, view: Int64(position + 1))
            let first = followers[followers.count - 1].firstStrip
            for strip in first..<table.strips.count where try await !load(strip) {
                // Of a metric that was not declared when it fell behind: it follows from where the others are.
                let common = book[strip - first]
                book.update(strip) { $0 = common }
            }
        }
    }

    /// From now on `destination` follows with a copy of the common ledgers as they are kept. Not when nobody remains:
    /// then all wait, for Azure is the buffer.
    /// - Returns: false when nothing has changed.
    func fork(_ names: [String]) async throws -> Bool {
        let leaving = levelDestinations.filter(names.contains)
        guard !leaving.isEmpty, leaving.count < levelDestinations.count else { return false }
        for name in leaving {
            let common = commonStrips
            let view = Int64((destinations.firstIndex(of: name) ?? 0) + 1)
            appendStrips(of: name, view: view)
            let first = followers[followers.count - 1].firstStrip
            var step = ScrapeStep()
            step.documents = [(followerDocument(name), Array("behind".utf8))]
            for strip in common {
                book.keep(first + strip, book[strip])
                step.ledgers.append((table.address(first + strip), table.bytes(of: book[strip], strip: strip)))
            }
            guard try await state.keep(step) == .kept else {
                remove(followers[followers.count - 1])
                return false
            }
            pendingNotices.append(notice(name, isBehind: true))
        }
        return true
    }

    /// Ends what has come level.
    func joinLevel() async throws {
        for follower in followers {
            let common = commonStrips
            guard common.allSatisfy({ book[$0].isLevel(with: book[follower.firstStrip + $0]) }) else { continue }
            var step = ScrapeStep()
            step.documents = [(followerDocument(follower.destination), nil)]
            step.deletedLedgers = common.map { table.address(follower.firstStrip + $0) }
            guard try await state.keep(step) == .kept else { return }
            remove(follower)
            pendingNotices.append(notice(follower.destination, isBehind: false))
        }
    }

    private func appendStrips(of destination: String, view: Int64) {
        followers.append(Follower(destination: destination, view: view, firstStrip: table.strips.count))
        for var strip in table.strips[commonStrips] {
            strip.view = view
            table.strips.append(strip)
        }
        book.append(table)
    }

    private func remove(_ follower: Follower) {
        let count = commonStrips.count
        table.strips.removeSubrange(follower.firstStrip..<follower.firstStrip + count)
        book.remove(follower.firstStrip..<follower.firstStrip + count)
        followers.removeAll { $0.view == follower.view }
        for index in followers.indices where followers[index].firstStrip > follower.firstStrip {
            followers[index].firstStrip -= count
        }
        // What others learned about their pairs is learned again.
        troubles.forget(from: count)
        sizes.forget(from: count)
    }

    private func followerDocument(_ destination: String) -> String { "behind/\(destination)/\(schedule.text)" }

    private func notice(_ destination: String, isBehind: Bool) -> PairNotice {
        let name = table.strips.isEmpty ? nil : Optional(table.name(0, table.strips[0].slots.trailingZeroBitCount))
        return PairNotice(
            severity: isBehind ? .warning : .info, metric: name?.metric ?? "",
            resource: name?.resource ?? ResourceID(""),
            message: isBehind
                ? """
                \(destination) has no room for more: others go on, and it catches up from Azure as soon as it takes points \
                again. Only what is older than `catchUp` by then is lost to it
                """ : "\(destination) has caught up and goes on with the others",
            kind: isBehind ? .fellBehind : .caughtUp)
    }
}
