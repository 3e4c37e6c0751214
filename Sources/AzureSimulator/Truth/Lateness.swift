import MetricModel

/// How much of a minute the store shows when it is asked.
///
/// A minute is absent until it has ended, then null for a quarter of the delay, then provisional (at first a false zero,
/// then a growing part of its samples), and final once the delay after its end is over. Nothing tells these apart.
struct Lateness: Sendable {
    /// The moment of the question; `nil` = long after everything is final.
    let now: Timestamp?
    /// From the end of a minute to its final value.
    let delay: Duration
    /// The share of the samples that a minute shows which is final.
    var finalShare = 1.0

    /// What the store holds of a minute.
    enum Stage: Equatable {
        case absent, null, final
        /// The share of samples that has arrived, from 0 up to, but not including, 1.
        case provisional(arrived: Double)
    }

    /// The stage of the minute that starts `minute` minutes after 1970.
    func stage(ofMinute minute: Int64) -> Stage {
        guard let now else { return .final }
        let age = now - Timestamp(seconds: (minute + 1) * 60)
        if age < .zero { return .absent }
        if age >= delay { return .final }
        let silence = delay / 4
        if age < silence { return .null }
        return .provisional(arrived: 0.95 * ((age - silence) / (delay - silence)))
    }

    /// The share of the samples of a minute that can be seen; `nil` = the minute is absent or null.
    func arrived(ofMinute minute: Int64) -> Double? {
        switch stage(ofMinute: minute) {
        case .absent, .null: nil
        case .provisional(let share): share
        case .final: finalShare
        }
    }

    /// All minutes before this one are final.
    var firstOpenMinute: Int64 {
        now.map { ($0 - delay).seconds / 60 } ?? .max
    }
}
