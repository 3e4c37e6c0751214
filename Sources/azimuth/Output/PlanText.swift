import MetricModel
import Planning
import TerminalText

/// A plan of calls, for people and for programs.
struct PlanText {
    let report: PlanReport

    // MARK: Table

    /// Calls by schedule and by lane, what they cost, what comes on top, and which metrics take more calls than others.
    func lines(width: Int?) -> [String] {
        let sections = [schedules, lanes, summary] + (report.extras.isEmpty ? [] : [extras(width: width)])
        let notes = report.notes.isEmpty ? [] : [report.notes]
        return Array((sections + notes).joined(separator: [""]))
    }

    private var schedules: [String] {
        var table = TextTable([
            .init("SCHEDULE"), .init("METRIC-RESOURCES", .right), .init("CYCLES/MONTH", .right),
            .init("CALLS/CYCLE", .right), .init("CALLS/HOUR", .right), .init("CALLS/MONTH", .right),
        ])
        for schedule in report.schedules {
            table.add([
                schedule.text, "\(schedule.pairCount)", "\(schedule.cyclesPerMonth)", perCycle(schedule),
                number(schedule.callsPerHour), "\(schedule.callsPerMonth)",
            ])
        }
        if report.schedules.count > 1 {
            table.add([
                "all", "\(report.pairCount)", "", "", number(report.callsPerHour), "\(report.callsPerMonth)",
            ])
        }
        return table.lines(width: nil)
    }

    private func perCycle(_ schedule: PlanReport.Schedule) -> String {
        let (usual, most) = (schedule.callsPerCycle, schedule.mostCallsPerCycle)
        return usual == most ? "\(usual)" : "\(usual), at most \(most)"
    }

    private var lanes: [String] {
        var table = TextTable([
            .init("API"), .init("REGION"), .init("SUBSCRIPTION"), .init("MOST AT ONCE", .right),
            .init("CALLS/HOUR", .right), .init("CALLS/MONTH", .right), .init("QUOTA"),
        ])
        for lane in report.lanes {
            table.add([
                lane.route == .batch ? "getBatch" : "ARM reads", region(lane), lane.subscriptionID,
                "\(lane.mostCallsPerCycle)", number(lane.callsPerHour), "\(lane.callsPerMonth)", quota(lane),
            ])
        }
        return table.lines(width: nil)
    }

    private func region(_ lane: PlanReport.Lane) -> String {
        if lane.route == .single { return "-" }
        return lane.region == PlanReport.unknownRegion ? "(taken as one)" : lane.region
    }

    private func quota(_ lane: PlanReport.Lane) -> String {
        guard let quota = lane.quota, let share = lane.quotaShare else { return "none documented" }
        let percent = NumberText.text(share * 100, decimals: share < 0.1 ? 1 : 0)
        let burst = lane.mostCallsPerCycle > quota.capacity ? "; of a cycle \(quota.capacity) go at once" : ""
        return "\(percent) % of 25 a second" + burst
    }

    private var summary: [String] {
        let besides = report.besides
        let cost = NumberText.text(report.costPerMonth, decimals: 2)
        return [
            "cost         USD \(cost) a month: \(PlanPrice.freeCalls) calls are free, a thousand more are USD "
                + "\(PlanPrice.dollarsPerThousand).",
            "             An estimate that counts a call as one: how Azure counts those about many resources is not "
                + "documented.",
            "tokens       \(besides.tokens), and again after half of their life",
            "definitions  \(besides.definitionsPerDay) a day, one of each resource type; Azure answers 400 in 5 minutes",
            "graph        \(besides.graphQueriesPerStart) at the first start, one of 1,000 ids; Azure answers 15 in 5 seconds",
            "on top       catching up, looking again at empty buckets wider than a minute, what was refused and is asked "
                + "alone,",
            "             and, once at each start, aggregations that Azure lists for a metric and refuses all the same",
        ]
    }

    private func extras(width: Int?) -> [String] {
        var table = TextTable([
            .init("MORE CALLS/CYCLE", .right), .init("SCHEDULE"), .init("RESOURCE TYPE"),
            .init("WHY, AND WHICH METRICS"),
        ])
        for extra in report.extras {
            let shown = extra.metrics.prefix(5).joined(separator: ", ")
            let rest = extra.metrics.count > 5 ? " and \(extra.metrics.count - 5) more" : ""
            table.add([
                "\(extra.callsPerCycle)", extra.schedule, extra.resourceType,
                extra.reasons.map(words).joined(separator: "; ") + ": " + shown + rest,
            ])
        }
        return table.lines(width: width)
    }

    private func words(_ reason: ExtraCalls.Reason) -> String {
        switch reason {
        case .filter(""): "without dimensions, unlike others"
        case .filter(let text): "dimensions or a filter of its own (\(text))"
        case .grain(let grain): "another interval (\(grain))"
        case .limit(let limit): "another limit (\(limit))"
        case .otherResources: "declared for other resources"
        case .manyMetrics: "more than \(CallPlanner.maximumNames) metrics"
        case .aggregations: "aggregations that not all support"
        case .unlisted: "Azure does not list the metric, so it is asked alone"
        case .batchingOff: "one resource a call, because batching is off"
        case .regionUnknown: "one resource a call, because the region is not known"
        case .smallBatches(let size): "only \(size) resources a call (`maxBatchSize`)"
        }
    }

    private func number(_ value: Double) -> String {
        NumberText.text(value, decimals: NumberText.decimals(for: [value]) == 0 ? 0 : 1)
    }

    // MARK: JSON

    /// One object.
    var json: String {
        let besides = report.besides
        return object([
            ("metricResources", "\(report.pairCount)"), ("callsPerHour", "\(report.callsPerHour)"),
            ("callsPerMonth", "\(report.callsPerMonth)"),
            ("estimatedCostPerMonth", object([("currency", "\"USD\""), ("amount", "\(report.costPerMonth)")])),
            ("schedules", array(report.schedules.map(json))), ("lanes", array(report.lanes.map(json))),
            (
                "besides",
                object([
                    ("tokens", "\(besides.tokens)"), ("definitionsPerDay", "\(besides.definitionsPerDay)"),
                    ("graphQueriesPerStart", "\(besides.graphQueriesPerStart)"),
                ])
            ),
            ("extraCalls", array(report.extras.map(json))), ("notes", array(report.notes.map(jsonString))),
        ])
    }

    private func json(_ schedule: PlanReport.Schedule) -> String {
        object([
            ("schedule", jsonString(schedule.text)), ("metricResources", "\(schedule.pairCount)"),
            ("cyclesPerMonth", "\(schedule.cyclesPerMonth)"), ("callsPerCycle", "\(schedule.callsPerCycle)"),
            ("mostCallsPerCycle", "\(schedule.mostCallsPerCycle)"), ("callsPerHour", "\(schedule.callsPerHour)"),
            ("callsPerMonth", "\(schedule.callsPerMonth)"),
        ])
    }

    private func json(_ lane: PlanReport.Lane) -> String {
        let hasRegion = lane.route == .batch && lane.region != PlanReport.unknownRegion
        return object([
            ("api", lane.route == .batch ? "\"getBatch\"" : "\"armReads\""),
            ("subscription", jsonString(lane.subscriptionID)), ("region", hasRegion ? jsonString(lane.region) : "null"),
            ("mostCallsPerCycle", "\(lane.mostCallsPerCycle)"), ("callsPerHour", "\(lane.callsPerHour)"),
            ("callsPerMonth", "\(lane.callsPerMonth)"), ("quotaShare", lane.quotaShare.map { "\($0)" } ?? "null"),
        ])
    }

    private func json(_ extra: ExtraCalls) -> String {
        object([
            ("schedule", jsonString(extra.schedule)), ("resourceType", jsonString(extra.resourceType)),
            ("metrics", array(extra.metrics.map(jsonString))), ("callsPerCycle", "\(extra.callsPerCycle)"),
            ("reasons", array(extra.reasons.map { jsonString(words($0)) })),
        ])
    }

    private func array(_ texts: [String]) -> String { "[" + texts.joined(separator: ",") + "]" }

    private func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(jsonString($0)):\($1)" }.joined(separator: ",") + "}"
    }
}
