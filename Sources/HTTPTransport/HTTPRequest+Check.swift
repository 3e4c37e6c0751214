extension HTTPRequest {
    /// Where the request goes, once everything about it that can be judged without the network is fine.
    func checkedEndpoint() throws(HTTPError) -> Endpoint {
        let endpoint = try Endpoint(url: url)
        if let name = headers.first(where: { !HTTPField.isName($0.name) || !HTTPField.isValue($0.value) })?.name {
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
}
