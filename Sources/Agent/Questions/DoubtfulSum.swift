import MetricModel

/// The words about a metric that `sumsAs` makes a sum although Azure's primary aggregation of it is none (rule S1).
enum DoubtfulSum {
    /// What is wrong, without a full stop.
    static func message(_ metric: String, primary: Aggregation) -> String {
        """
        `sumsAs` sends `\(metric)` as a sum, but its primary aggregation in Azure is `\(primary.declaredName)`: its values \
        may be no amounts that add up
        """
    }

    /// What to write instead.
    static func fix(primary: Aggregation) -> String {
        "write `\(primary.declaredName)`, or `sumsAs: gauge` in runtime.yaml"
    }
}
