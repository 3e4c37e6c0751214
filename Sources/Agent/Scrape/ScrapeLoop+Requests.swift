import AzureMonitor
import Declaration
import MetricModel
import Planning
import Settlement

/// What the pairs of a schedule need asked. Pure: `azimuth plan` plans by the same.
struct RequestBuilder: Sendable {
    let table: ScrapeTable
    let book: LedgerBook
    let batching: MetricsBatching
    let batchRights: BatchRights
    let troubles: PairTroubles
    /// Strips of the ledgers that all destinations share.
    let commonStrips: Range<Int>
    let monotonicNow: Duration

    /// Oldest first: whoever had to wait goes ahead of those that did not.
    func requests(of open: SlotMap, at now: Timestamp) -> [MetricRequest] {
        let quarantined = troubles.quarantined(strips: table.strips.count)
        var requests: [MetricRequest] = []
        for strip in table.strips.indices where open[strip] != 0 {
            let (ledger, times) = (book[strip], table.strips[strip].reading.times)
            for (filter, slots) in table.strips[strip].filters {
                let asked = open[strip] & slots & ledger.occupied
                let turn = table.strips[strip].block
                let (alone, company) = (quarantined[strip], table.strips[strip].company)
                var shared = asked & ~alone
                if let near = levelling(strip, shared, at: now) {
                    requests += self.requests(strip, near, filter, barred: alone, company: company, at: monotonicNow)
                    shared &= ~near.slots
                }
                for part in ledger.requests(shared, at: now, turn: turn, times: times) {
                    requests += self.requests(strip, part, filter, barred: alone, company: company, at: monotonicNow)
                }
                for slot in (asked & alone).bitPositions {
                    let exception = troubles.exception(strip, slot, at: monotonicNow)
                    for part in ledger.requests(1 << UInt64(slot), at: now, turn: turn, times: times) {
                        requests += self.requests(
                            strip, part, filter, isSingle: exception.isSingle,
                            company: exception.isLoner || !exception.isSingle ? .none : company,
                            at: monotonicNow)
                    }
                }
            }
        }
        return requests.sorted { ($0.mark, $0.strip) < ($1.mark, $1.strip) }
    }

    /// Those of `open` that moved on and are still behind.
    func behind(_ open: SlotMap, at now: Timestamp) -> SlotMap {
        var behind = SlotMap(count: table.strips.count)
        // Who catches up has one window a cycle, so that it takes no more calls than a steady cycle does.
        for strip in commonStrips where open[strip] != 0 {
            behind[strip] = book[strip].behind(open[strip], at: now, times: table.strips[strip].reading.times)
        }
        return behind
    }

    /// What brings pairs of a destination that is nearly level with the others level for good.
    private func levelling(_ strip: Int, _ slots: UInt64, at now: Timestamp) -> SlotsRequest? {
        guard table.strips[strip].view != 0, !commonStrips.isEmpty else { return nil }
        return book[strip].levelling(
            slots, with: book[strip % commonStrips.count], at: now, times: table.strips[strip].reading.times)
    }

    /// Resources of one block are nearly always in one region; those whose region nobody knows are asked one by one.
    private func requests(
        _ strip: Int, _ part: SlotsRequest, _ filter: ScrapeTable.Filter, isSingle: Bool = false, barred: UInt64 = 0,
        company: Company, at monotonicNow: Duration
    ) -> [MetricRequest] {
        let resources = table.blocks[table.strips[strip].block].resources
        var byRegion: [(region: String, slots: UInt64)] = []
        for slot in part.slots.bitPositions {
            let resource = resources[slot]
            // Not a copy of the whole resource: this is done for every pair in every cycle.
            let mayBatch =
                !isSingle && batching.isEnabled
                && batchRights.allows(table.resources[resource].subscriptionID, at: monotonicNow)
            let region = mayBatch ? table.resources[resource].region ?? "" : ""
            if let known = byRegion.firstIndex(where: { $0.region == region }) {
                byRegion[known].slots |= 1 << UInt64(slot)
            } else {
                byRegion.append((region, 1 << UInt64(slot)))
            }
        }
        return byRegion.map { region, slots in
            request(
                strip, slots, region.isEmpty ? .single : .batch, region, part.window, part.mark, filter,
                barred: barred, company: company)
        }
    }

    private func request(
        _ strip: Int, _ slots: UInt64, _ route: CallRoute, _ region: String, _ window: Range<Timestamp>,
        _ mark: Timestamp, _ filter: ScrapeTable.Filter, barred: UInt64 = 0, company: Company
    ) -> MetricRequest {
        let (form, block) = (table.strips[strip].form, table.blocks[table.strips[strip].block])
        let resource = table.resources[block.resources[slots.trailingZeroBitCount]]
        return MetricRequest(
            strip: strip, slots: slots, resources: block.resources,
            feed: Feed(
                route: route, subscriptionID: resource.subscriptionID, region: region, namespace: resource.namespace,
                grain: table.strips[strip].reading.descriptor.grain, filter: filter.text, top: form.top),
            metricName: form.azureMetricName, metricKey: form.metricKey, aggregation: form.declared.aggregation,
            window: window, mark: mark, reachBackWidth: table.strips[strip].reading.rules.reachBackWidth,
            barred: barred, company: company, supported: table.strips[strip].supported)
    }

    /// The calls that ask again for parts of a call.
    /// - Parameter route: `nil` = the same.
    func calls(again parts: [MetricsCall.Part], of call: MetricsCall, route: CallRoute? = nil) -> [MetricsCall] {
        let requests = parts.map { part in
            let slot = part.slots.trailingZeroBitCount
            return request(
                part.strip, part.slots, route ?? call.feed.route, call.feed.region, call.window,
                call.window.lowerBound, table.strips[part.strip].filter(of: slot),
                company: table.strips[part.strip].company)
        }
        return CallPlanner(batchSize: batching.maximumResources).calls(for: requests)
    }
}

extension ScrapeLoop {
    private var builder: RequestBuilder {
        RequestBuilder(
            table: table, book: book, batching: batching, batchRights: batchRights, troubles: troubles,
            commonStrips: commonStrips, monotonicNow: clock.monotonicNow)
    }

    func requests(of open: SlotMap, at now: Timestamp) -> [MetricRequest] { builder.requests(of: open, at: now) }

    func behind(_ open: SlotMap, at now: Timestamp) -> SlotMap {
        builder.behind(open, at: now)
    }

    func calls(again parts: [MetricsCall.Part], of call: MetricsCall, route: CallRoute? = nil) -> [MetricsCall] {
        builder.calls(again: parts, of: call, route: route)
    }
}
