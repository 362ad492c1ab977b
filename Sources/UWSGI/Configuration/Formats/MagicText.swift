/// A file's text with its magic variables replaced, by lines.
///
/// A variable may swallow a line feed (`%` at a line's end), so each line says where in the file it begins.
struct MagicText {
    struct Line {
        var bytes: ConfigurationText = []
        var number: Int
    }

    /// The last one has no line feed behind it, and may be empty.
    private(set) var lines: [Line] = []
    /// Whether the file holds a NUL, at which C ends a text; what follows it on its line is left out.
    private(set) var hasNUL = false
    /// Whether it ends in a `%`, which takes the NUL behind the text with it: what uWSGI then reads is past the end.
    private(set) var endsInPercent = false

    /// - Parameter isTerminated: whether uWSGI puts a NUL behind the text. It does so but for XML.
    init(_ bytes: [UInt8], _ variables: MagicVariables, isTerminated: Bool = true) {
        var line = Line(number: 1)
        var number = 1
        var isCut = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\n") {
                lines.append(line)
                number += 1
                line = Line(number: number)
                isCut = false
            } else if byte == UInt8(ascii: "%"), index < bytes.count {
                if bytes[index] == UInt8(ascii: "\n") { number += 1 }
                if !isCut { line.bytes += variables[bytes[index]] }
                index += 1
            } else if byte == UInt8(ascii: "%"), isTerminated {
                endsInPercent = true
            } else if byte == 0 {
                hasNUL = true
                isCut = true
            } else if !isCut {
                line.bytes.append(byte)
            }
        }
        lines.append(line)
    }

    /// The whole text.
    var joined: ConfigurationText {
        var text: ConfigurationText = []
        for (index, line) in lines.enumerated() {
            if index > 0 { text.append(UInt8(ascii: "\n")) }
            text += line.bytes
        }
        return text
    }
}
