import MetricModel

/// Pairs that are asked less often although Azure may answer them at any time. Their marks stay, so nothing is lost.
extension ScrapeLoop {
    /// A pair without an answer in time must not hold up others every time (promise P3).
    func pauseStalled(of round: ScrapeRound) {
        guard round.hasAnswer else { return }
        for strip in table.strips.indices { pause(strip, round.timedOut[strip]) }
    }

    /// A laggard needs a call of its own: while that fails, it is made ever more rarely (rule T11).
    func pauseLaggards(of round: ScrapeRound, report: inout CycleReport) {
        guard !round.passing.isEmpty else { return }
        let newest = newestMarks(inBlocks: Set(round.passing.map { table.strips[$0.strip].block }))
        var laggards = SlotMap(count: table.strips.count)
        for failure in round.passing { laggards[failure.strip] |= behind(failure.strip, failure.slots, newest) }
        // In an outage all fail, and laggards are to come back with the others.
        guard round.hasAnswer || round.failed.subtracting(laggards).isEmpty else { return }
        for failure in round.passing where laggards[failure.strip] & failure.slots != 0 {
            pause(failure.strip, laggards[failure.strip] & failure.slots)
            if let position = failure.position { report.failures[position].isPausing = true }
        }
    }

    private func pause(_ strip: Int, _ slots: UInt64) {
        for slot in slots.bitPositions { troubles.refused(strip, slot, at: clock.monotonicNow, isLoner: false) }
    }

    /// Pairs that share calls as long as none of them is far behind.
    private struct Neighbourhood: Hashable {
        var block: Int
        var view: Int64
        var grain: TimeGrain

        init(of strip: ScrapeTable.Strip) {
            block = strip.block
            view = strip.view
            grain = strip.reading.descriptor.grain
        }
    }

    private func newestMarks(inBlocks blocks: Set<Int>) -> [Neighbourhood: Timestamp] {
        var newest: [Neighbourhood: Timestamp] = [:]
        for (strip, place) in table.strips.enumerated() where blocks.contains(place.block) {
            guard let mark = book[strip].occupied.bitPositions.lazy.compactMap({ self.book[strip].mark($0) }).max()
            else { continue }
            newest[Neighbourhood(of: place), default: mark] = max(newest[Neighbourhood(of: place)] ?? mark, mark)
        }
        return newest
    }

    /// Those of `slots` that are farther behind their neighbours than a look back.
    private func behind(_ strip: Int, _ slots: UInt64, _ newest: [Neighbourhood: Timestamp]) -> UInt64 {
        let place = table.strips[strip]
        guard let newest = newest[Neighbourhood(of: place)] else { return 0 }
        var behind: UInt64 = 0
        for slot in slots.bitPositions {
            let isBehind = book[strip].mark(slot).map { newest - $0 > place.reading.rules.reachBackWidth } ?? false
            if isBehind { behind |= 1 << UInt64(slot) }
        }
        return behind
    }
}
