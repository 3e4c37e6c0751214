import CYAML

/// What libyaml reports next.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
        case scalar(String, YAMLNode.ScalarStyle)
        case sequenceStart, mappingStart
        case alias(String)
    }

    let kind: Kind
    let mark: SourceMark
    /// `&name`, without the ampersand.
    let anchor: String?
    /// A tag that is not one of YAML's own: `!include`.
    let foreignTag: String?
}

/// What libyaml cannot read.
struct YAMLSyntaxError: Error {
    /// libyaml's words: `did not find expected key`.
    let problem: String
    let mark: SourceMark
    /// What it was at: `while scanning a quoted scalar`; empty when it does not say.
    let context: String
    let contextMark: SourceMark?
    /// Where undecodable bytes stand, counted from the start of the file; `mark` is meaningless then.
    let byteOffset: Int?
}

/// The events of one text. It must outlive the stream.
struct YAMLEventStream: ~Copyable {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)

    init(_ text: UnsafeBufferPointer<UInt8>) {
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event; `streamEnd` is the last.
    mutating func next() throws(YAMLSyntaxError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) != 0 else { throw syntaxError }
        defer { yaml_event_delete(&event) }
        let mark = SourceMark(event.start_mark)
        func marked(_ kind: YAMLEvent.Kind, anchor: String? = nil, tag: String? = nil) -> YAMLEvent {
            YAMLEvent(kind: kind, mark: mark, anchor: anchor, foreignTag: tag)
        }
        switch event.type {
        case YAML_STREAM_START_EVENT: return marked(.streamStart)
        case YAML_DOCUMENT_START_EVENT: return marked(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return marked(.documentEnd)
        case YAML_ALIAS_EVENT: return marked(.alias(text(event.data.alias.anchor) ?? ""))
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let style: YAMLNode.ScalarStyle = scalar.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted
            let value = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return marked(.scalar(value, style), anchor: text(scalar.anchor), tag: foreign(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return marked(.sequenceStart, anchor: text(start.anchor), tag: foreign(start.tag))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return marked(.mappingStart, anchor: text(start.anchor), tag: foreign(start.tag))
        case YAML_SEQUENCE_END_EVENT: return marked(.sequenceEnd)
        case YAML_MAPPING_END_EVENT: return marked(.mappingEnd)
        default: return marked(.streamEnd)
        }
    }

    private func text(_ pointer: UnsafePointer<UInt8>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func foreign(_ pointer: UnsafePointer<UInt8>?) -> String? {
        guard let tag = text(pointer), tag != "!", !tag.hasPrefix("tag:yaml.org,2002:") else { return nil }
        return tag
    }

    private var syntaxError: YAMLSyntaxError {
        let failed = parser.pointee
        let context = failed.context.map { String(cString: $0) } ?? ""
        return YAMLSyntaxError(
            problem: failed.problem.map { String(cString: $0) } ?? "out of memory",
            mark: SourceMark(failed.problem_mark), context: context,
            contextMark: context.isEmpty ? nil : SourceMark(failed.context_mark),
            byteOffset: failed.error == YAML_READER_ERROR ? failed.problem_offset : nil)
    }
}

extension SourceMark {
    /// libyaml counts from 0.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
