/// Prints what the pipeline costs. Ratios and repeated runs say more than one absolute figure: machines differ.
@main
struct Main {
    static func main() async throws {
        // Warm-up first: the first run pays for lazy initialisation.
        _ = try await PipelineBenchmark(resourceCount: 50, metricCount: 20, bucketCount: 5).run()
        for buckets in [1, 5, 60] {
            print("\(buckets) buckets an answer:")
            for _ in 0..<3 {
                print(
                    "  "
                        + (try await PipelineBenchmark(resourceCount: 500, metricCount: 20, bucketCount: buckets).run())
                )
            }
        }
    }
}
