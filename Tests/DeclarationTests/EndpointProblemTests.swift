import Testing

@testable import Declaration

@Suite struct EndpointProblemTests {
    @Test(
        "https anywhere and http on this machine are addresses",
        arguments: [
            "https://login.microsoftonline.com/", "HTTPS://a", "https://a:8443/x", "https://[2001:db8::1]:443",
            "http://localhost",
            "http://LOCALHOST:80/", "http://westeurope.metrics.localhost:8080", "http://127.0.0.1:1",
            "http://127.255.0.3/x",
            "http://[::1]:8080/",
        ])
    func accepted(text: String) {
        #expect(EndpointProblem(of: text) == nil)
    }

    @Test(
        "plain http to another machine is refused",
        arguments: [
            "http://example.com", "http://10.0.0.1", "http://127.0.0.1.example.com", "http://localhost.example.com",
            "http://notlocalhost", "http://127.0.0", "http://128.0.0.1", "http://[::2]", "http://127.0.0.256",
            "http://127.1", "http://[127.0.0.1]", "http://[localhost]", "http://127.0.0.01", "http://.localhost",
        ])
    func plain(text: String) {
        #expect(EndpointProblem(of: text)?.message.contains("clear text") == true)
    }

    @Test(
        "what is no URL of a host is refused",
        arguments: [
            "", "example.com", "https:/a", "//a", "ftp://a", "https://", "https:///x", "https://:80", "https://a:b",
            "https://a:99999",
            "http://localhost@evil.example", "https://user:word@a", "http://localhost\\@evil.example", "https://a b",
            "https://[::1",
            "https://[::1]x", "https://a]", "https://a[b]", "https://a:", "http://evil%2f.localhost",
            "http://é.localhost", "https://a?x", "https://a/x?y=z", "https://a#b", "http://localhost?x",
        ])
    func malformed(text: String) {
        let problem = EndpointProblem(of: text)
        #expect(problem != nil && problem?.message.contains("clear text") == false, "\(String(describing: problem))")
    }
}
