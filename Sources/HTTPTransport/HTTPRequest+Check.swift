extension HTTPRequest {
    /// Where the request goes, once everything about it that can be judged without the network is fine.
    func checkedEndpoint() throws(HTTPError) -> Endpoint {
        let endpoint = try Endpoint(url: url)
        if let name = headers.first(where: { !Self.isName($0.name) || !Self.isValue($0.value) })?.name {
            throw HTTPError(
                .badRequest, endpoint: endpoint.description,
                reason: "the header \(name.filter(\.isLetter)) holds characters that a header cannot carry")
        }
        if (tls.clientCertificateFile == nil) != (tls.clientKeyFile == nil) {
            throw HTTPError(
                .badRequest, endpoint: endpoint.description,
                reason: "a client certificate needs its key and the key its certificate; one of the files is not given")
        }
        return endpoint
    }

    /// A token of RFC 9110.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// No control character, so that no value can end its line.
    private static func isValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7f) || $0 == 0x09 }
    }
}
