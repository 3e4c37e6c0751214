import AzureMonitor
import MetricModel
import Planning
import Settlement

/// The work on one answer: its cells in the order of the resources, as sinks take points.
struct AnswerWork {
    /// One pair's place in the answer and in the ledgers.
    struct Cell {
        var row: Int32
        var part: Int32
        var slot: Int32
    }

    /// What all cells of a part have in common: a strip has too many fields to be looked at for every cell.
    struct Form {
        let strip: Int
        /// Position in the answer.
        let metric: Int
        let view: Int64
        let aggregation: Aggregation
        let times: SettlementTimes
        let descriptor: MetricDescriptor

        init(_ part: MetricsCall.Part, _ strip: ScrapeTable.Strip) {
            self.strip = part.strip
            metric = part.metric
            view = strip.view
            aggregation = strip.form.declared.aggregation
            times = strip.reading.times
            descriptor = strip.reading.descriptor
        }
    }

    /// What was found for a part of the call besides values.
    struct Found {
        var missing: UInt64 = 0
        var refused: [(error: MetricError, slots: UInt64)] = []
        var misaligned = 0
    }

    let call: MetricsCall
    let answer: MetricsTable
    /// By resource.
    let cells: [Cell]
    /// The new ledger of each strip, and which of them a part is about.
    var ledgers: [BlockLedger] = []
    let strips: [Int]
    let ledgerOfPart: [Int]
    var found: [Found]
    /// Points of each part, those for destinations that fell behind not counted.
    var pointCounts: [Int]
    var counts = ScrapeCounts()
    /// Taken up by each pair in turn.
    var settled = Settled()

    init(call: MetricsCall, answer: MetricsTable) {
        self.call = call
        self.answer = answer
        // Mostly nobody asks for them.
        lazy var rows = Dictionary(uniqueKeysWithValues: call.resources.enumerated().map { ($1, $0) })
        var cells: [Cell] = []
        cells.reserveCapacity(call.pairCount)
        for (position, part) in call.parts.enumerated() {
            // The slots of a part mostly follow each other in the call as well.
            var next = 0
            for slot in part.slots.bitPositions {
                let resource = part.resources[slot]
                if next >= call.resources.count || call.resources[next] != resource {
                    guard let row = rows[resource] else { continue }
                    next = row
                }
                cells.append(Cell(row: Int32(next), part: Int32(position), slot: Int32(slot)))
                next += 1
            }
        }
        self.cells = Self.byRow(cells, rowCount: call.resources.count)
        var positions: [Int: Int] = [:]
        var strips: [Int] = []
        ledgerOfPart = call.parts.map { part in
            if let known = positions[part.strip] { return known }
            positions[part.strip] = strips.count
            strips.append(part.strip)
            return strips.count - 1
        }
        self.strips = strips
        found = [Found](repeating: Found(), count: call.parts.count)
        pointCounts = [Int](repeating: 0, count: call.parts.count)
    }

    /// Those of one row stay in their order. Counted, not compared: there are a thousand in each answer.
    private static func byRow(_ cells: [Cell], rowCount: Int) -> [Cell] {
        var places = [Int](repeating: 0, count: rowCount + 1)
        for cell in cells { places[Int(cell.row) + 1] += 1 }
        for row in 0..<rowCount { places[row + 1] += places[row] }
        var sorted = cells
        for cell in cells {
            sorted[places[Int(cell.row)]] = cell
            places[Int(cell.row)] += 1
        }
        return sorted
    }
}

extension AnswerWork {
    /// Counts what the pair that was just settled brought besides points.
    mutating func count(part: Int) {
        counts.absent += settled.absentCount
        counts.late += settled.lateCount
        counts.revised += settled.revisedCount
        found[part].misaligned += settled.misalignedCount
        pointCounts[part] += settled.points.count
    }
}

extension AnswerWork.Found {
    mutating func refuse(_ error: MetricError, _ slot: Int) {
        if let known = refused.firstIndex(where: { $0.error.code == error.code }) {
            refused[known].slots |= 1 << UInt64(slot)
        } else {
            refused.append((error, 1 << UInt64(slot)))
        }
    }
}
