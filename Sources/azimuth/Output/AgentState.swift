import Declaration
import Glibc
import MetricModel
import StateStore

/// Where a run remembers what it sent.
struct AgentState {
    let store: StateStore
    /// `nil` when it remembers in memory only.
    let folder: String?
    /// Why it does, when there was no folder to write to.
    let problem: String?

    /// Opens the state in the folder that was named: by the option, the configuration, or systemd; else in `state` beside
    /// the configuration, if that may be written to; else in memory.
    /// - Parameter runtimePath: Of the runtime configuration.
    /// - Throws: What is wrong with a folder that was named, or with a state that is there; another agent in whichever it is.
    static func open(
        option: String?, configured: StateSettings, beside runtimePath: String, destinations: [String],
        clock: any AgentClock
    ) throws(StateStoreError) -> AgentState {
        let named = [option, configured.folder, getenv("STATE_DIRECTORY").map { String(cString: $0) }]
            .lazy.compactMap { $0 }.first { !$0.isEmpty }
        let settings = StateStoreSettings(
            folder: named ?? folder(beside: runtimePath), maxSize: configured.maximumBytes, destinations: destinations)
        do throws(StateStoreError) {
            let store = try StateStore(settings) { clock.systemNow }
            return AgentState(store: store, folder: settings.folder, problem: nil)
        } catch {
            guard named == nil, case .unusable(_, let reason, _) = error else { throw error }
            let store = try StateStore.inMemory(maxSize: configured.maximumBytes, destinations: destinations)
            return AgentState(store: store, folder: nil, problem: reason)
        }
    }

    /// What becomes of points that the collector has not taken when the process ends: a sentence without its end.
    var fateOfWaiting: String {
        guard let folder else {
            return """
                Without a state folder they are forgotten here; Azure still has them, but the next start begins anew, as far \
                back as collection.backfill says. Name a folder with --state to keep what waits
                """
        }
        return "They wait in the state folder \(folder) and go out after the next start"
    }

    private static func folder(beside path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "state" }
        return path[..<slash] + "/state"
    }
}
