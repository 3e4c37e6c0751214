/// Finds who asks Azure, and the secret.
struct IdentityReader {
    let settings: RuntimeSettings
    let environment: [String: String]
    let diagnostics: Diagnostics

    /// A secret file larger than this is some other file.
    private static let maximumSecretBytes = 64 << 10

    /// The identity, or `nil` when it is not complete, which is reported.
    ///
    /// The application is `authentication.identityId`, else `AUTH_APPID` in its forms, else `AZURE_CLIENT_ID`; the secret is in the
    /// file, else in `AUTH_APPKEY` in its forms, else in `AZURE_CLIENT_SECRET`.
    func identity() -> DeclaredIdentity? {
        guard isServicePrincipal else { return nil }
        let applicationID = text("authentication.identityId") ?? text("AUTH_APPID") ?? variable("AZURE_CLIENT_ID")
        if applicationID == nil {
            diagnostics.error(
                "the application id of the service principal is missing", at: nil,
                fix: "write `authentication: {identityId: …}`, or set AZIMUTH_AUTH_APPID or AZURE_CLIENT_ID")
        }
        guard let secret = secret(), let applicationID else { return nil }
        return DeclaredIdentity(
            applicationID: applicationID, secret: secret, tenantID: variable("AZURE_TENANT_ID"))
    }

    private var isServicePrincipal: Bool {
        guard let mode = settings["authentication.mode"] else { return true }
        let name = mode.text.trimmingBlanks.lowercased()
        guard let known = authenticationModes.first(where: { $0.lowercased() == name }) else { return false }
        guard known != "ServicePrincipal" else { return true }
        diagnostics.error(
            "the authentication mode `\(known)` is not supported yet", about: mode,
            fix: "write `mode: ServicePrincipal` and give its id and secret")
        return false
    }

    private func secret() -> Secret? {
        let folder = settings["authentication.secretFilePath"]
        let file = settings["authentication.secretFileName"]
        if let folder, let file { return secret(in: folder, file) }
        if let alone = folder ?? file {
            diagnostics.warn(
                "`\(alone.name)` has no effect: a secret file needs its folder and its name", about: alone,
                fix: "give both `secretFilePath` and `secretFileName`")
        }
        // A secret is taken as it stands: spaces may belong to it.
        if let secret = settings["AUTH_APPKEY"]?.text ?? variable("AZURE_CLIENT_SECRET") { return Secret(secret) }
        diagnostics.error(
            "the secret of the service principal is missing", at: nil,
            fix: "set AZIMUTH_AUTH_APPKEY or AZURE_CLIENT_SECRET, or write `secretFilePath` and `secretFileName`")
        return nil
    }

    /// The content of the file without the line break at its end.
    private func secret(in folder: RuntimeSetting, _ name: RuntimeSetting) -> Secret? {
        let separator = folder.text.hasSuffix("/") ? "" : "/"
        let path = folder.text.trimmingBlanks + separator + name.text.trimmingBlanks
        do throws(FileError) {
            let bytes = try readFile(path, limit: Self.maximumSecretBytes)
            guard let content = String(validating: bytes, as: UTF8.self) else {
                diagnostics.error("the secret file `\(path)` is not UTF-8 text", about: name, fix: "check the file")
                return nil
            }
            let end = content.lastIndex { !$0.isNewline }
            guard let end, !content.isBlank else {
                diagnostics.error("the secret file `\(path)` is empty", about: name, fix: "write the secret into it")
                return nil
            }
            return Secret(String(content[...end]))
        } catch {
            diagnostics.error("the secret file `\(path)`: \(error.message)", about: name, fix: error.fix)
            return nil
        }
    }

    private func text(_ path: String) -> String? { settings[path]?.text.trimmingBlanks }

    private func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isBlank ? nil : $0 }
    }
}
