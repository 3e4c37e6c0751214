/// A setting that others fall back on: when it is wrong that is reported once, not again wherever it is missed.
enum Setting<Value> {
    case absent, faulty
    case given(Value)

    /// The value, if there is one.
    var value: Value? {
        if case .given(let value) = self { value } else { nil }
    }

    /// This setting, or `other` when it is absent.
    func orElse(_ other: Setting) -> Setting {
        if case .absent = self { other } else { self }
    }
}
