/// What the `AADSTS…` codes of Microsoft Entra mean for somebody who asks for a token with a secret.
struct EntraErrorCode: Sendable {
    let meaning: String
    let remedy: String
    let code: AzureError.Code

    private init(_ meaning: String, _ remedy: String, code: AzureError.Code = .unauthenticated) {
        self.meaning = meaning
        self.remedy = remedy
        self.code = code
    }

    /// The code's meaning; `nil` when it is not in the table.
    static func known(_ number: Int64) -> EntraErrorCode? { table[number] }

    /// The number in `AADSTS7000215: …`, wherever it stands in `text`.
    static func number(in text: String) -> Int64? {
        let marker = Array("AADSTS".utf8)
        let bytes = Array(text.utf8)
        guard let start = bytes.firstIndex(of: marker) else { return nil }
        let digits = bytes[(start + marker.count)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    private static let table: [Int64: EntraErrorCode] = [
        7_000_215: EntraErrorCode(
            "the client secret is wrong", "Give the secret's value (not its id) of this application."),
        7_000_216: EntraErrorCode("no client secret was sent", "Set the identity's secret."),
        7_000_222: EntraErrorCode(
            "the client secret has expired", "Create a new secret for the application and give it to the agent."),
        700_016: EntraErrorCode(
            "the application is not known in this tenant", "Check the application's id and the tenant's id."),
        7_000_112: EntraErrorCode("the application is disabled", "Enable the application in Microsoft Entra."),
        90_002: EntraErrorCode("the tenant is not known", "Check tenantId and the cloud."),
        900_023: EntraErrorCode("the tenant's id is malformed", "Check tenantId: an id or a domain name."),
        70_011: EntraErrorCode("the scope is not valid", "Check the audience of the custom cloud."),
        500_011: EntraErrorCode(
            "the audience is not known in this tenant", "Check the audience of the custom cloud and the tenant."),
        50_001: EntraErrorCode(
            "the audience is not known in this tenant", "Check the audience of the custom cloud and the tenant."),
        700_027: EntraErrorCode(
            "the signature or the certificate is not registered", "Register the certificate with the application."),
        700_024: EntraErrorCode("the assertion is outside its time range", "Check the clock of this machine."),
        70_021: EntraErrorCode(
            "no federated credential fits", "Check issuer and subject; a new one takes some minutes to work."),
        700_211: EntraErrorCode(
            "no federated credential fits the issuer", "Check the issuer; a new one takes some minutes to work."),
        700_213: EntraErrorCode(
            "no federated credential fits the subject", "Check the subject; a new one takes some minutes to work."),
        50_196: EntraErrorCode(
            "too many token requests of the same kind", "Check that no other program loops with this identity.",
            code: .throttled),
        90_033: EntraErrorCode(
            "Microsoft Entra has a passing problem", "Nothing to do unless it lasts.", code: .unavailable),
    ]
}
