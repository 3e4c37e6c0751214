import HTTPServer

/// An error as Azure answers it.
struct AzureError: Error, Sendable {
    /// The two bodies that come back on the same URLs.
    enum Shape: Sendable {
        /// `{"code":…,"message":…}`: from Azure Monitor itself.
        case bare
        /// `{"error":{"code":…,"message":…}}`: from Azure Resource Manager in front of it.
        case wrapped
    }

    var status: Int
    var code: String
    var message: String
    var shape: Shape
    var headers: [(name: String, value: String)] = []
    /// The causes behind it, as Azure Resource Graph tells them.
    var details: [(code: String, message: String)] = []
    /// Traces and the like, as the metrics data plane tells them.
    var additionalInfo: [String] = []

    /// A question that Azure Monitor does not understand.
    static func badRequest(_ message: String) -> Self {
        Self(status: 400, code: "BadRequest", message: message, shape: .bare)
    }

    /// Anything that Azure Resource Manager refuses.
    static func manager(
        _ status: Int, _ code: String, _ message: String, headers: [(name: String, value: String)] = []
    ) -> Self {
        Self(status: status, code: code, message: message, shape: .wrapped, headers: headers)
    }

    /// The error on the wire.
    var response: ServedResponse {
        let body = JSONWriter.object { json in
            switch shape {
            case .bare: write(to: &json)
            case .wrapped: json.field("error") { $0.object { write(to: &$0) } }
            }
        }
        return .json(body, status: status, headers: headers)
    }

    private func write(to json: inout JSONWriter) {
        json.field("code", code)
        json.field("message", message)
        if !details.isEmpty {
            json.field("details") { json in
                json.array { json in
                    for detail in details {
                        json.object { json in
                            json.field("code", detail.code)
                            json.field("message", detail.message)
                        }
                    }
                }
            }
        }
        if !additionalInfo.isEmpty {
            json.field("additionalInfo") { json in
                json.array { json in
                    for info in additionalInfo {
                        json.object { json in
                            json.field("type", "string")
                            json.field("info", info)
                        }
                    }
                }
            }
        }
    }
}

extension ServedResponse {
    /// A JSON answer from bytes.
    static func json(_ body: [UInt8], status: Int = 200, headers: [(name: String, value: String)] = []) -> Self {
        Self(status: status, headers: [("Content-Type", "application/json; charset=utf-8")] + headers, body: body)
    }
}
