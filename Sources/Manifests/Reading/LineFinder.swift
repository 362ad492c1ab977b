import YAML

/// Finds the lines on which the values of one document stand.
///
/// A class, because it remembers where it was: asking for one value after the other costs no more than reading the
/// document once.
final class LineFinder {
    private var origin: Origin

    /// What the document was read from.
    private enum Origin {
        case yaml(YAMLPath)
        /// - line: the line of the text's beginning, from 1.
        case json(JSONLocator, line: Int)
    }

    init(_ root: YAMLNode) {
        origin = .yaml(YAMLPath("", from: root))
    }

    /// - Parameter line: the line on which the text begins, from 1.
    init(_ json: [UInt8], line: Int) {
        origin = .json(JSONLocator(json), line: line)
    }

    /// The line, from 1, of what a JSON Pointer (RFC 6901) leads to, or of the last step of it that is there.
    func line(of pointer: String) -> Int {
        switch origin {
        case .yaml(var path):
            path.move(to: pointer)
            origin = .yaml(path)
            return path.line
        case .json(var locator, let line):
            let offset = locator.lineOffset(of: pointer)
            origin = .json(locator, line: line)
            return line + offset
        }
    }
}
