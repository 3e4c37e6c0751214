/// Prints what the pipeline costs. Ratios and repeated runs say more than one absolute figure: machines differ.
///
/// Without arguments a few sizes, for people. `write FILE` writes the answers that the comparison with other programs reads,
/// `read FILE` prints what they cost here: points, seconds of CPU, bytes, and peak RSS in MB.
@main
struct Main {
    /// Of the comparison: a cycle of five minutes.
    private static let compared = CannedAnswers(resourceCount: 500, metricCount: 20, bucketCount: 5)

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().first) {
        case (nil, _): try await table()
        case ("write", let file?): try compared.write(to: file)
        case ("read", let file?):
            let cost = try await PipelineBenchmark(
                answers: try CannedAnswers(file: file, metricCount: 20, bucketCount: 5)
            ).run()
            print(cost.points, cost.seconds, cost.bytes, cost.peakMegabytes)
        default: throw BenchmarkError(description: "usage: azimuth-bench [write FILE | read FILE]")
        }
    }

    private static func table() async throws {
        // Warm-up first: the first run pays for lazy initialisation.
        let warmUp = CannedAnswers(resourceCount: 50, metricCount: 20, bucketCount: 5)
        _ = try await PipelineBenchmark(answers: warmUp).run()
        for buckets in [1, 5, 60] {
            print("\(buckets) buckets an answer:")
            let answers = CannedAnswers(resourceCount: 500, metricCount: 20, bucketCount: buckets)
            for _ in 0..<3 { print("  " + (try await PipelineBenchmark(answers: answers).run()).description) }
        }
    }
}
