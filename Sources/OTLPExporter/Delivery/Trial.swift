/// A row whose delivery is in question: it, or what is left of the parts it was divided into, in the order of the queue.
struct Trial {
    struct Part: Equatable {
        let id: RowID
        /// How many of the smallest parts it holds.
        let size: Int
        /// Refused, and not divided any further.
        var isRefused = false
        var doubt = Doubt.none

        /// Refused, and it is known that it would be refused again.
        var isSurelyRefused: Bool { isRefused && doubt == .none }
    }

    /// Whether a refusal was chance: a single 500 or 408 says little about what was sent.
    enum Doubt {
        case none
        /// It was refused as R5 has it, once.
        case refusedOnce
        /// Others were taken since: it is sent once more.
        case secondTry
    }

    /// Of whom an answer speaks.
    enum Refusal {
        /// R3: 400, 413. Smaller requests may be taken.
        case content
        /// R5: the row, or the receiver.
        case row
        /// R4: the receiver.
        case everything
    }

    /// What is sent now.
    enum Stage: Equatable {
        /// A part, to find those that are taken.
        case part(RowID)
        /// The row behind this one, to see whether the receiver takes anything else; then the newest one.
        case next(RowID)
        case newest(RowID)
        /// A part, now and then, because the receiver refuses everything or there is nothing else to try it with.
        case probe(RowID)
    }

    private(set) var parts: [Part]
    var stage: Stage
    /// Why a part was refused last, and how.
    var reason: String
    var refusal: Refusal
    /// The receiver refused others as well, or in words that do not speak of what was sent.
    var holdsForAll = false
    var probes = 0
    /// How often another row was taken while the probe was refused.
    var takenOthers = 0
    /// A part was taken.
    private(set) var wasTaken = false
    /// That were answered, the one for the whole row included.
    private(set) var requests = 1
    private(set) var requestsSinceTaken = 0
    /// How many of the smallest parts the row had; known once it was to be divided.
    private(set) var smallestParts: Int?
    private var descents = 0

    init(_ row: RowID, refusal: Refusal, reason: String) {
        parts = [Part(id: row, size: 1)]
        stage = .probe(row)
        self.refusal = refusal
        self.reason = reason
    }

    func contains(_ row: RowID) -> Bool { parts.contains { $0.id == row } }

    /// Whether `row` is sent for the second time because the first refusal may have been chance.
    func isSecondTry(_ row: RowID) -> Bool { parts.contains { $0.id == row && $0.doubt == .secondTry } }

    func isRefused(_ row: RowID) -> Bool { parts.contains { $0.id == row && $0.isRefused } }

    /// Parts that may still be taken, or be divided.
    var openParts: [Part] { parts.filter { !$0.isRefused } }

    /// Parts that are known to be refused, and cannot be made smaller.
    var refusedParts: [RowID] { parts.filter(\.isSurelyRefused).map(\.id) }

    /// The next part that is sent for the second time.
    var secondTry: RowID? { parts.first { !$0.isRefused && $0.doubt == .secondTry }?.id }

    /// So many requests without a part taken, and the question is put to other rows: 4·⌈log2 n⌉.
    var patience: Int {
        let size = smallestParts ?? 1
        return 4 * (Int.bitWidth - (size - 1).leadingZeroBitCount)
    }

    /// The part with which to go on; `nil` when patience or parts are at an end.
    ///
    /// Once a part was taken they go out in their order. Until then the largest that was not tried comes first, so that
    /// each descent into the row begins as far from the ones before as it can.
    func nextPart() -> RowID? {
        guard requestsSinceTaken < patience else { return nil }
        guard !wasTaken, let largest = openParts.map(\.size).max() else { return openParts.first?.id }
        return openParts.first { $0.size == largest }?.id
    }

    /// The part that is sent while everything is held: one that may be taken, if there is one.
    var probe: RowID {
        if case .probe(let row) = stage, contains(row) { return row }
        // A trial has parts as long as it lasts.
        return openParts.first?.id ?? parts[0].id
    }

    mutating func countRequest() {
        requests += 1
        requestsSinceTaken += 1
    }

    /// Patience begins anew: the receiver takes others, or answers in another way than before.
    mutating func renewPatience() { requestsSinceTaken = 0 }

    mutating func take(_ row: RowID) {
        remove([row])
        wasTaken = true
        requestsSinceTaken = 0
        probes = 0
        takenOthers = 0
        holdsForAll = false
    }

    mutating func remove(_ rows: [RowID]) { parts.removeAll { rows.contains($0.id) } }

    /// `row` is not divided any further.
    mutating func refuse(_ row: RowID) {
        smallestParts = smallestParts ?? 1
        if let index = parts.firstIndex(where: { $0.id == row }) {
            (parts[index].isRefused, parts[index].doubt) = (true, .none)
        }
        descents += 1
    }

    /// `row` was refused as R5 has it, for the first time: it may be the row, the receiver, or chance.
    mutating func doubt(_ row: RowID) {
        if let index = parts.firstIndex(where: { $0.id == row }) {
            (parts[index].isRefused, parts[index].doubt) = (true, .refusedOnce)
        }
        descents += 1
    }

    /// Others are taken: what was refused perhaps by chance is sent once more.
    mutating func giveSecondTries() {
        for index in parts.indices where parts[index].doubt == .refusedOnce {
            (parts[index].isRefused, parts[index].doubt) = (false, .secondTry)
        }
    }

    /// What was refused may be taken after all: it was the receiver.
    mutating func forgetRefusals() {
        for index in parts.indices { (parts[index].isRefused, parts[index].doubt) = (false, .none) }
    }

    /// `row` was divided.
    /// - Returns: The part with which to go on while none was taken: the first one, and in every other descent the last,
    ///   because what is refused often stands at the same place in each resource.
    mutating func divide(_ row: RowID, into halves: [Part]) -> RowID? {
        smallestParts = smallestParts ?? halves.reduce(0) { $0 + $1.size }
        guard let index = parts.firstIndex(where: { $0.id == row }) else { return nil }
        parts.replaceSubrange(index...index, with: halves)
        return (descents.isMultiple(of: 2) ? halves.first : halves.last)?.id
    }
}
