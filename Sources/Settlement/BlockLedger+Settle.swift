import MetricModel

/// What an answer decides (rules T4 to T9, S3, D3).
extension BlockLedger {
    /// What one pair's answer is read by.
    private struct Reading {
        let times: SettlementTimes
        /// The pair as it was.
        let known: Int64
        let mark: Int64
        /// The buckets that may be decided: starts from here …
        let lower: Int64
        /// … up to, not including, here.
        let end: Int64
        /// What ends before it is past its overlap: late, when it is new.
        let lateBefore: Int64
        /// What ends before it was missed, not late.
        let catchUpBefore: Int64
        /// Where the print of the bucket at `known` is among those of its series.
        let firstPrint: Int64
        let resends: Bool
    }

    /// Decides what a complete answer for `window` says about the pair in `slot`.
    ///
    /// - Parameters:
    ///   - answer: Everything Azure has in `window`; buckets outside are ignored.
    ///   - window: What was asked, grain-aligned. It must not begin after the mark: that would leave a hole, and nothing
    ///     is decided then.
    ///   - now: Azure's now when the answer was made. A bucket that was not settled then stays unread.
    ///   - resends: Whether a value that Azure changed after it was sent is sent again (rule T9).
    ///   - settled: Gets the points to send. They count as sent as soon as this ledger is kept.
    public mutating func settle(
        _ slot: Int, _ answer: some PairAnswer, window: Range<Timestamp>, now: Timestamp, times: SettlementTimes,
        resends: Bool = false, into settled: inout Settled
    ) {
        let pair = pairs[slot]
        let (known, mark, start) = (Int64(pair.known), Int64(pair.mark), window.lowerBound.seconds)
        guard !pair.isFree, start <= mark else { return }
        let now = now.seconds
        let end = min(times.floored(window.upperBound.seconds), times.settledEnd(at: now))
        let reading = Reading(
            times: times, known: known, mark: mark, lower: max(start, known), end: end, lateBefore: now - times.overlap,
            catchUpBefore: now - times.reachBackWidth - times.settle,
            firstPrint: known / times.grain % Int64(printCount), resends: resends)
        let newMark = max(mark, end)
        if newMark - known > Int64(words) * 64 * times.grain { widen(to: (newMark - known) / times.grain) }
        takeAll(answer, slot, reading, into: &settled)
        if isCumulative { closeTotals(slot, reading, answer, into: &settled) }
        pairs[slot].mark = UInt32(clamping: newMark)
        if !looks.isEmpty { noteLook(slot, start..<max(start, end), at: now, times: times) }
        guard start <= known else { return }
        let reach = max(Int64(pair.reach), min(now, end + times.overlap))
        pairs[slot].reach = UInt32(clamping: reach)
        // Not beyond the mark: what `overlap` was before it became shorter may have reached farther.
        let seen = min(times.floored(reach - times.overlap - times.grain), newMark)
        settled.absentCount += advance(slot, to: UInt32(clamping: seen), times: times)
        narrow(times)
    }

    private mutating func takeAll(
        _ answer: some PairAnswer, _ slot: Int, _ reading: Reading, into settled: inout Settled
    ) {
        var unknown: [(key: SeriesKey, number: Int)] = []
        for number in 0..<answer.seriesCount {
            let (key, buckets) = answer.series(at: number)
            if let index = find(key, slot) {
                take(number, index, buckets, reading, into: &settled)
            } else if hasValue(buckets, reading) {
                unknown.append((key, number))
            }
        }
        guard !unknown.isEmpty else { return }
        // Together: one by one, thousands would move all columns thousands of times.
        insertSeries(unknown.map(\.key), of: slot)
        for (key, number) in unknown {
            guard let index = find(key, slot) else { continue }
            take(number, index, answer.series(at: number).buckets, reading, into: &settled)
        }
    }

    private func hasValue(_ buckets: BucketColumn, _ reading: Reading) -> Bool {
        (0..<buckets.count).contains {
            let start = buckets.start(at: $0)
            return start >= reading.lower && start < reading.end && buckets.value(at: $0) != nil
        }
    }

    /// Takes the values of one series of the answer.
    private mutating func take(
        _ number: Int, _ index: Int, _ buckets: BucketColumn, _ reading: Reading, into settled: inout Settled
    ) {
        let grain = reading.times.grain
        let newestBefore = newestSent(index)
        var newest = newestBefore
        var place = index * words
        var sent = bits[place]
        let first = settled.points.count
        var isRising = true
        for row in 0..<buckets.count {
            let start = buckets.start(at: row)
            guard start >= reading.lower, start < reading.end, let value = buckets.value(at: row) else { continue }
            let (bucket, rest) = (start - reading.known).quotientAndRemainder(dividingBy: grain)
            guard rest == 0 else {
                settled.misalignedCount += 1
                continue
            }
            let word = index * words + Int(bucket >> 6)
            if word != place {
                bits[place] = sent
                (place, sent) = (word, bits[word])
            }
            let bit: UInt64 = 1 << UInt64(bucket & 63)
            let isNew = sent & bit == 0
            sent |= bit
            newest = max(newest, bucket)
            var isRevised = false
            // Older buckets share their places with newer ones.
            if newest - bucket < Int64(printCount) {
                let isOther = note(value, at: Int((reading.firstPrint + bucket) % Int64(printCount)), of: index)
                isRevised = isOther && !isNew
            }
            if isRevised { settled.revisedCount += 1 }
            guard isNew || isRevised && reading.resends && !isCumulative else { continue }
            let end = start + grain
            if isNew, start < reading.mark, end < reading.lateBefore { settled.lateCount += 1 }
            let kind: PointKind =
                bucket < newestBefore || !isNew ? .late : end < reading.catchUpBefore ? .catchUp : .live
            if bucket < newest { isRising = false }
            settled.points.append(SettledPoint(series: number, kind: kind, start: start, end: end, value: value))
        }
        guard settled.points.count > first else { return }
        bits[place] = sent
        if !isRising { settled.points[first...].sort { $0.start < $1.start } }
        if isCumulative { accumulate(first, index, reading.times, into: &settled) }
    }

    /// Where the series `key` of `slot` is.
    private func find(_ key: SeriesKey, _ slot: Int) -> Int? {
        let range = series(slot)
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < range.upperBound && keys[low] == key ? low : nil
    }

    /// The newest sent bucket, counted from `known`; -1 without one.
    func newestSent(_ index: Int) -> Int64 {
        for word in (0..<words).reversed() where bits[index * words + word] != 0 {
            return Int64(word) * 64 + 63 - Int64(bits[index * words + word].leadingZeroBitCount)
        }
        return -1
    }

    /// Back to one word a series as soon as that is enough: after a long gap was caught up.
    private mutating func narrow(_ times: SettlementTimes) {
        guard words > 1 else { return }
        let needed = max(
            1,
            pairs.map { $0.isFree ? 0 : Int((Int64($0.mark) - Int64($0.known)) / times.grain + 63) / 64 }.max() ?? 1)
        guard needed < words else { return }
        var narrower = [UInt64](repeating: 0, count: keys.count * needed)
        for series in keys.indices {
            for word in 0..<needed { narrower[series * needed + word] = bits[series * words + word] }
        }
        bits = narrower
        words = needed
    }
}

/// Revisions (rule T9).
extension BlockLedger {
    private func print(of value: Double) -> UInt16 {
        var hash = value.bitPattern &* 0x9e37_79b9_7f4a_7c15
        hash ^= hash >> 32
        return UInt16(truncatingIfNeeded: hash ^ (hash >> 16)) | 1
    }

    /// Remembers the value of a bucket.
    /// - Returns: Whether another one was known.
    private mutating func note(_ value: Double, at place: Int, of index: Int) -> Bool {
        let place = index * printCount + place
        let (old, new) = (prints[place], print(of: value))
        guard old != new else { return false }
        prints[place] = new
        return old != 0
    }
}

/// Running sums (rule S3): a late value is added to the next point and gets none of its own, so time never goes back.
extension BlockLedger {
    private static let pending: UInt32 = 1

    /// Turns the points from `first` on, all of the series at `index`, into sums.
    private mutating func accumulate(
        _ first: Int, _ index: Int, _ times: SettlementTimes, into settled: inout Settled
    ) {
        var total = totals[index]
        var kept = first
        for position in first..<settled.points.count {
            var point = settled.points[position]
            if total.last == 0 { total.start = UInt32(clamping: point.start) }
            total.value += point.value
            let time = UInt32(clamping: point.end / times.grain)
            guard time > total.last >> 1 else {
                total.last |= Self.pending
                continue
            }
            total.last = time << 1
            point.start = Int64(total.start)
            point.value = total.value
            settled.points[kept] = point
            kept += 1
        }
        settled.points.removeSubrange(kept...)
        totals[index] = total
    }

    /// Sends what late values added and no newer point carried, at the end of what was read.
    private mutating func closeTotals(
        _ slot: Int, _ reading: Reading, _ answer: some PairAnswer, into settled: inout Settled
    ) {
        let time = UInt32(clamping: reading.end / reading.times.grain)
        func isClosable(_ total: Total) -> Bool { total.last & Self.pending != 0 && time > total.last >> 1 }
        guard series(slot).contains(where: { isClosable(totals[$0]) }) else { return }
        for number in 0..<answer.seriesCount {
            guard let index = find(answer.series(at: number).key, slot), isClosable(totals[index]) else { continue }
            totals[index].last = time << 1
            settled.points.append(
                SettledPoint(
                    series: number, kind: .live, start: Int64(totals[index].start),
                    end: Int64(time) * reading.times.grain, value: totals[index].value))
        }
    }
}
