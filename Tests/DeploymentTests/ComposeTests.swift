import Testing

/// What `docker-compose config` cannot know: that the files keep what their comments promise.
@Suite struct ComposeTests {
    static let files = ["compose/compose.yaml", "compose/compose.azure.yaml"]

    @Test("every service is confined, and every image pinned", arguments: files)
    func confined(path: String) throws {
        let file = try DeploymentFile(path)
        let services = file.names("services")
        #expect(services.contains("agent") && services.contains("collector") && services.contains("prometheus"))
        for service in services {
            #expect(file.text("services", service, "read_only") == "true", "\(service)")
            #expect(file.list("services", service, "cap_drop") == ["ALL"], "\(service)")
            #expect(file.list("services", service, "security_opt") == ["no-new-privileges:true"], "\(service)")
            #expect(!file.names("services", service).contains("privileged"), "\(service)")
            let image = try #require(file.text("services", service, "image"))
            #expect(image == "azimuth:local" || image.wholeMatch(of: /[a-z\/-]+:v?[0-9]+\.[0-9]+\.[0-9]+/) != nil)
            // Nothing is open to other machines.
            for port in file.list("services", service, "ports") { #expect(port.hasPrefix("127.0.0.1:"), "\(port)") }
            for volume in file.list("services", service, "volumes") where volume.hasPrefix(".") {
                #expect(volume.hasSuffix(":ro"), "\(volume)")
            }
        }
    }

    @Test("both files have the same collector and Prometheus, and an agent that differs in what it reads")
    func alike() throws {
        let (simulated, azure) = (try DeploymentFile(Self.files[0]), try DeploymentFile(Self.files[1]))
        func differing(_ service: String) -> Set<String> {
            let (left, right) = (simulated.leaves("services", service), azure.leaves("services", service))
            return Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }
        }
        #expect(differing("collector").isEmpty && differing("prometheus") == ["volumes.1"])
        #expect(
            differing("agent") == [
                "environment.AZIMUTH_AUTH_APPID", "environment.AZIMUTH_AUTH_APPKEY", "volumes.0", "volumes.1",
            ])
        // Neither finds what the other has kept.
        #expect(Set(simulated.names("volumes")).isDisjoint(with: azure.names("volumes")))
        #expect(simulated.text("services", "simulator", "network_mode") == "service:agent")
        #expect(!azure.names("services").contains("simulator"))
    }

    @Test("the example of .env names every variable of the file, and no real secret")
    func environment() throws {
        let variables = try DeploymentFile(Self.files[1]).leaves("services", "agent").values
            .compactMap { $0.firstMatch(of: /\$\{([A-Z_]+)/).map { String($0.1) } }
        let example = try DeploymentFile.text("compose/.env.example").split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: "=").first.map(String.init) }
        #expect(Set(variables) == Set(example) && variables.count == 3)
        #expect(try DeploymentFile.text("compose/.env.example").contains("00000000-0000-0000-0000-000000000000"))
    }

    @Test("the image: pinned, built by the Makefile, not root, and checked by azimuth status")
    func image() throws {
        let lines = try DeploymentFile.text("compose/Dockerfile").split(separator: "\n").map(String.init)
        let stages = lines.filter { $0.hasPrefix("FROM ") }
        #expect(stages.first == "FROM swift:6.3-bookworm AS build" && stages.count == 2)
        #expect(stages.last?.wholeMatch(of: /FROM debian:bookworm-[0-9]{8}-slim/) != nil)
        #expect(lines.contains("RUN make deps") && lines.contains("RUN make release"))
        #expect(lines.contains { $0.wholeMatch(of: /USER [1-9][0-9]*:[1-9][0-9]*/) != nil })
        #expect(lines.contains { $0.hasPrefix("HEALTHCHECK ") && $0.hasSuffix(#"CMD ["azimuth", "status"]"#) })
        #expect(lines.contains(#"ENTRYPOINT ["azimuth"]"#) && lines.contains(#"CMD ["run"]"#))
    }

    @Test("what the build stage reads is what the .dockerignore lets in")
    func context() throws {
        let ignored = try DeploymentFile.text(".dockerignore").split(separator: "\n")
        for needed in ["Makefile", "Package.swift", "Sources", "Tests", "Benchmarks", "Linking", "Proof"] {
            #expect(ignored.contains("!\(needed)"), "\(needed)")
        }
        #expect(ignored.contains("*"))
    }
}
