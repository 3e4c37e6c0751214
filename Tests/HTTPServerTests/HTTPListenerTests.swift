import HTTPServer
import Testing

/// Starting and stopping.
struct HTTPListenerTests {
    @Test func takenPortIsNamed() throws {
        let first = try HTTPListener { _ in ServedResponse(status: 200) }
        #expect {
            try HTTPListener(port: first.port) { _ in ServedResponse(status: 200) }
        } throws: { error in
            guard let error = error as? HTTPListenerError else { return false }
            return error.code == .portTaken && error.message.contains("127.0.0.1:\(first.port)")
        }
    }
}
