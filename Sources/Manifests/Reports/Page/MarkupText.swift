import Basics

/// Foreign text made fit for XML and HTML.
enum MarkupText {
    /// Escaped for the content of an element and for an attribute in quotation marks. Characters that XML 1.0
    /// cannot hold (section 2.2) become replacement characters, as do those that steer terminals and the direction
    /// of text.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in PrintableText.of(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // What is not a character in XML, although Unicode has assigned no meaning to it that forbids it.
            case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
