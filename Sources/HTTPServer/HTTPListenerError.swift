/// Why a listener did not start.
public struct HTTPListenerError: Error, Sendable, CustomStringConvertible {
    /// A small, fixed set.
    public enum Code: String, Sendable, CaseIterable {
        /// Another program listens on that port.
        case portTaken
        /// The host has no address, or none of this machine's.
        case noSuchHost
        /// The system refused: too low a port for this user, no more threads or files.
        case refused
        /// Certificate or key cannot be used.
        case badCertificate
    }

    public var code: Code
    /// What happened and what to do.
    public var message: String

    public var description: String { message }
}
