import AzureSimulator
import FaultyVFS
import Foundation
import MetricModel

/// What can go wrong for hours. After each of these nothing may be missing, and nothing wrong.
enum Scenario: String, CaseIterable {
    /// Medium estate: collector away for 6 hours, Azure for 2, the agent for 3; the system clock an hour off, both ways.
    case hours
    /// Small estate; the outbox is full after 20 minutes of an outage of 4 hours.
    case fullOutbox = "full-outbox"
    /// Small estate; two destinations of which one is away for 4 hours and full after 20 minutes.
    case oneOfTwo = "one-of-two"
    /// Small estate; the disk is full for an hour.
    case fullDisk = "full-disk"

    /// Plays it to the end.
    /// - Parameters:
    ///   - scale: Of the estate of ``hours``; `nil` = medium.
    ///   - isForgetful: In ``hours`` the agent loses its state when it ends.
    /// - Returns: What is wrong; nothing when all is well.
    func play(scale: EstateScale?, isForgetful: Bool, say: (String) -> Void) async throws -> [String] {
        switch self {
        case .hours: try await Self.playHours(scale ?? .medium, isForgetful, say)
        case .fullOutbox: try await Self.playFullOutbox(say)
        case .oneOfTwo: try await Self.playOneOfTwo(say)
        case .fullDisk: try await Self.playFullDisk(say)
        }
    }

    private static func playHours(_ scale: EstateScale, _ isForgetful: Bool, _ say: (String) -> Void) async throws
        -> [String]
    {
        let world = try World(scale, isForgetful: isForgetful)
        try world.startAgent()
        try await world.pass(minutes: 30)
        note(world, "half an hour of peace", say)

        world.setCollectorAway(0, true)
        try await world.pass(minutes: 360)
        note(world, "6 hours without the collector", say)
        let hadBacklog = try world.waitingBytes() > 0
        world.setCollectorAway(0, false)
        try await world.pass(minutes: 60)
        note(world, "an hour later", say)

        world.setAzureAway(true)
        try await world.pass(minutes: 120)
        note(world, "2 hours without Azure", say)
        world.setAzureAway(false)
        try await world.pass(minutes: 60)
        note(world, "an hour later", say)

        await world.stopAgent()
        try await world.pass(minutes: 180)
        try world.startAgent()
        note(world, "3 hours without the agent", say)
        try await world.pass(minutes: 60)
        note(world, "an hour later", say)

        for offset in [3600, -3600, 0] {
            world.agentClock.meddle(.seconds(offset))
            try await world.pass(minutes: 40)
            note(world, "40 minutes with the system clock \(offset) s off", say)
        }
        var complaints = try await world.complaints(withinMinutes: 240)
        if !hadBacklog { complaints.append("nothing waited while the collector was away") }
        note(world, "the end", say)
        await world.end()
        return complaints
    }

    private static func playFullOutbox(_ say: (String) -> Void) async throws -> [String] {
        let limit = try await bytesOfTwentyMinutes()
        say("20 minutes of the small estate are \(limit) bytes")
        let world = try World(.small, maxSize: limit)
        try world.startAgent()
        try await world.pass(minutes: 30)
        world.setCollectorAway(0, true)
        try await world.pass(minutes: 240)
        let waiting = try world.waitingBytes()
        note(world, "4 hours without the collector: \(waiting) bytes wait", say)
        world.setCollectorAway(0, false)
        var complaints = try await world.complaints(withinMinutes: 480)
        if waiting > limit || waiting < limit / 2 {
            complaints.append("the outbox was not full: \(waiting) bytes of \(limit)")
        }
        note(world, "the end", say)
        await world.end()
        return complaints
    }

    private static func playOneOfTwo(_ say: (String) -> Void) async throws -> [String] {
        let limit = try await bytesOfTwentyMinutes()
        let world = try World(.small, destinations: 2, maxSize: 2 * limit)
        try world.startAgent()
        try await world.pass(minutes: 30)
        world.setCollectorAway(1, true)
        try await world.pass(minutes: 240)
        note(world, "4 hours without the second destination", say)
        let (missing, first) = world.missing(0)
        let waiting = try world.waitingBytes(1)
        world.setCollectorAway(1, false)
        var complaints = try await world.complaints(withinMinutes: 480)
        if waiting > limit || waiting < limit / 2 {
            complaints.append("its outbox was not full: \(waiting) bytes of \(limit)")
        }
        if missing > 0 {
            complaints.append("the first destination had to wait for the second: \(missing) were missing: \(first)")
        }
        note(world, "the end", say)
        await world.end()
        return complaints
    }

    private static func playFullDisk(_ say: (String) -> Void) async throws -> [String] {
        guard let disk = faulty_vfs_new("outage") else { throw OutageError("SQLite takes no file layer") }
        let world = try World(.small, fileLayer: "outage")
        try world.startAgent()
        try await world.pass(minutes: 30)
        faulty_vfs_fail(disk, Int32(FAULTY_FULL.rawValue), 0)
        try await world.pass(minutes: 60)
        let wasNoticed = world.store?.trouble != nil
        note(world, "an hour with a full disk", say)
        faulty_vfs_fail(disk, Int32(FAULTY_NONE.rawValue), 0)
        try await world.pass(minutes: 30)
        // What waited in memory must be on the disk by now.
        await world.stopAgent()
        try world.startAgent()
        var complaints = try await world.complaints(withinMinutes: 120)
        if !wasNoticed { complaints.append("the full disk was not noticed") }
        note(world, "the end", say)
        await world.end()
        return complaints
    }

    /// What the small estate enqueues in 20 minutes of an outage.
    private static func bytesOfTwentyMinutes() async throws -> Int {
        let world = try World(.small)
        try world.startAgent()
        try await world.pass(minutes: 10)
        world.setCollectorAway(0, true)
        try await world.pass(minutes: 20)
        let bytes = try world.waitingBytes()
        await world.end()
        return bytes
    }

    private static func note(_ world: World, _ what: String, _ say: (String) -> Void) {
        for (number, attendance) in world.attendances.enumerated() {
            say(
                "  \(world.clock.systemNow)  \(what): destination \(number) has \(attendance.pointCount) points, "
                    + "\(attendance.repeatCount) repeated, \(attendance.wrongCount) wrong, \(world.missing(number).count) to come"
            )
        }
    }
}
