import AgentServer
import StateStore

extension StateCondition {
    /// How `store` is.
    /// - Parameter told: What was last said to be wrong with it or with the files beside it.
    init(of store: StateStore, progressTrouble told: String?) {
        self.init()
        isKept = store.settings.folder != nil
        if let damage = store.damage {
            trouble = Trouble(reason: damage.description, remedy: "start the agent anew, and check the disk")
        } else if let refused = store.trouble {
            trouble = Trouble(
                reason: "the state cannot be written: \(refused.reason); \(refused.waitingBytes) of \(refused.limit) "
                    + "bytes wait in memory; when that is full nothing more is asked, and Azure keeps it; after a crash what was "
                    + "delivered meanwhile is sent once more",
                remedy: refused.advice, since: refused.since)
        } else if let told {
            trouble = Trouble(reason: told, remedy: "check the disk of the state folder: room, permissions, errors")
        }
    }
}
