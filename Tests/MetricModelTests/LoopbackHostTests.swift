import MetricModel
import Testing

@Suite struct LoopbackHostTests {
    @Test(
        "this machine, whoever reads it",
        arguments: [
            "localhost", "LocalHost", "a.localhost", "West-Europe.metrics_1.LOCALHOST", "127.0.0.1", "127.0.0.0",
            "127.255.255.255", "::1", "[::1]",
        ])
    func here(host: String) {
        #expect(LoopbackHost.matches(host))
    }

    @Test(
        "another machine, or a text that parsers disagree about",
        arguments: [
            "", ".", "localhost.", ".localhost", "a..localhost", "notlocalhost", "localhost.example.com",
            "localhost:80", "a\\.localhost", "a%2f.localhost", "a@b.localhost", "a/.localhost", "a b.localhost",
            "é.localhost", "localhost\u{0}", "[localhost]",
            "126.255.255.255", "128.0.0.0", "0.0.0.0", "127", "127.1", "127.0.0", "127.0.0.1.", "127.0.0.1.1",
            "127.0.0.256", "127.0.0.-1", "127.0.0.+1", "127.0.0.01", "127.0.0.0x1", "127.0.0. 1", "0127.0.0.1",
            "127.0.0.1.example.com", "127.example.com", "2130706433", "[127.0.0.1]", "١٢٧.0.0.1",
            "::", "::2", "[::2]", "[::1", "::1]", "[::1]x", "[[::1]]", "[::1%25lo]", "::ffff:127.0.0.1",
            "0:0:0:0:0:0:0:1",
        ])
    func elsewhere(host: String) {
        #expect(!LoopbackHost.matches(host))
    }
}
