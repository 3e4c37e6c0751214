import Foundation
import HTTPServer
import TestServers
import Testing

/// `demo` and `simulate` as processes.
@Suite(.timeLimit(.minutes(5))) struct DemoAndSimulateTests {
    @Test("demo ends by itself and says that every settled bucket arrived exactly once")
    func demo() async throws {
        let ended = try await Child(Paths.azimuth, ["demo", "--for", "8s"]).ended()
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
        #expect(ended.output.last == "every settled bucket arrived exactly once")
        let compared = try #require(ended.output.first { $0.hasPrefix("compared with the truth: ") })
        #expect(compared.hasSuffix(" correct, 0 missing, 0 wrong, 0 doubled, 0 unexpected"))
        #expect(ended.output.filter { $0.contains("  scraped ") }.count >= 2, "\(ended)")
    }

    @Test("simulate on a taken port names the port, says what to do and ends with 1")
    func portTaken() async throws {
        let other = try HTTPListener { _ in .text(200, "") }
        let folder = try Paths.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ended = try await Child(
            Paths.azimuth, ["simulate", "--port", "\(other.port)", "--write-config", folder + "/new"]
        ).ended()
        #expect(ended.status == 1 && ended.output.isEmpty && ended.errors.count == 1, "\(ended)")
        #expect(ended.errors.first?.contains("127.0.0.1:\(other.port)") == true)
        #expect(ended.errors.first?.contains("another program uses that port. Stop it or choose another") == true)
        #expect(!FileManager.default.fileExists(atPath: folder + "/new"), "nothing was written")
        other.stop()
    }

    @Test(
        "simulate writes the files that are missing and leaves those alone that are there",
        arguments: [SIGINT, SIGTERM])
    func existingFiles(signal: Int32) async throws {
        let folder = try Paths.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let own = "# mine\n"
        try own.write(toFile: folder + "/runtime.yaml", atomically: true, encoding: .utf8)
        let simulator = try Child(Paths.azimuth, ["simulate", "--port", "0", "--write-config", folder])
        try #require(await simulator.nextLine(with: "AZIMUTH_AUTH_APPID=") != nil)
        simulator.signal(signal)
        let ended = try await simulator.ended()
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.errors.count == 1, "\(ended)")
        #expect(ended.errors.first?.contains("\(folder)/runtime.yaml exists already and is left alone") == true)
        #expect(ended.output.first == "wrote \(folder)/metrics-declaration.yaml")
        #expect(try String(contentsOfFile: folder + "/runtime.yaml", encoding: .utf8) == own)
    }

    @Test("simulate into a folder that cannot be made says so and ends with 1")
    func noFolder() async throws {
        let ended = try await Child(
            Paths.azimuth, ["simulate", "--port", "0", "--write-config", "/dev/null/config"]
        ).ended()
        #expect(ended.status == 1 && ended.errors.count == 1, "\(ended)")
        #expect(ended.errors.first?.contains("cannot create /dev/null/") == true, "\(ended)")
    }

    @Test("what simulate writes is valid, strictly")
    func written() async throws {
        let simulator = try await SimulatorProcess(collector: "http://127.0.0.1:4318")
        let ended = try await simulator.azimuth(["validate", "--strict"])
        #expect(ended.status == 0, "\(ended)")
    }
}
