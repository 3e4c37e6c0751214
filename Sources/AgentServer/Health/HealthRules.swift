/// Decides how an agent is: healthy only if data flowed.
///
/// Pure. Ages count from when something was due, not from when it happened last, so a daily schedule is as healthy
/// between its runs as one of every minute.
public enum HealthRules {
    /// An interruption of at most this length is everyday: Azure is slow, the collector restarts.
    public static let patience = Duration.seconds(120)
    /// After this time without any data it is an outage.
    public static let outage = Duration.seconds(600)

    /// Reports by asking `snapshot` each question.
    /// - Parameter stopwatch: Time since an arbitrary start: how long each answer takes is part of the report.
    public static func report(on snapshot: HealthSnapshot, stopwatch: () -> Duration) -> HealthReport {
        let start = stopwatch()
        var cycle = CycleHealth.entry(of: snapshot)
        let middle = stopwatch()
        cycle.duration = middle - start
        var delivery = DeliveryHealth.entry(of: snapshot)
        let late = stopwatch()
        delivery.duration = late - middle
        var state = StateHealth.entry(of: snapshot)
        let end = stopwatch()
        state.duration = end - late
        return HealthReport(entries: [cycle, delivery, state], totalDuration: end - start)
    }
}
