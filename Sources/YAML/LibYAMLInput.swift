import CYAML

/// libyaml's parser, with the text that it reads.
final class LibYAMLInput {
    /// Owned by this object alone, from `init` to `deinit`: libyaml keeps pointers into it.
    let parser: UnsafeMutablePointer<yaml_parser_t>
    /// Owned by this object alone, from `init` to `deinit`: libyaml reads it piece by piece.
    private let text: UnsafeMutableBufferPointer<UInt8>

    /// - Parameter bytes: the text: UTF-8, or UTF-16 with a byte order mark.
    /// - Throws: ``YAMLError`` when memory is short.
    init(_ bytes: [UInt8]) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        text = .allocate(capacity: bytes.count)
        _ = text.initialize(from: bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(mark: nil, reason: "out of memory")
        }
        yaml_parser_set_input_string(parser, UnsafePointer(text.baseAddress), text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }
}
