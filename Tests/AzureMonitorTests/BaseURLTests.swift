import Testing

@testable import AzureMonitor

@Suite struct BaseURLTests {
    @Test(
        "what has a user, a query, a fragment, a blank or no host is no base",
        arguments: [
            "https://user@host", "https://host?a=b", "https://host#a", "https://host /a", "https://host\t",
            "https://host\u{a0}/a", "https://", "https://host:port", "ftp://host", "host", "",
        ])
    func refused(url: String) {
        #expect(BaseURL(url) == nil)
    }

    @Test("a base has its host in lower case, and no slash at its end")
    func taken() throws {
        let base = try #require(BaseURL("HTTPS://Host.Example:8443/Path//"))
        #expect(base.text == "HTTPS://Host.Example:8443/Path" && base.isTLS && base.host == "host.example")
        #expect(BaseURL("http://[::1]:80/ä")?.host == "[::1]")
    }

    static let authorities: [(url: String, authority: String)] = [
        ("https://host.example:8443/a/b?c=/d@e", "host.example:8443"), ("http://Host?a=b/c", "Host"),
        ("HTTP://host", "host"), ("http://host/", "host"), ("no address", "no address"), ("", ""),
    ]

    @Test("the authority of an address, whatever stands behind it", arguments: authorities)
    func authority(url: String, authority: String) {
        #expect(BaseURL.authority(of: url) == authority)
    }
}
