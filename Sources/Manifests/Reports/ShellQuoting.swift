import Basics

/// Writes words so that a POSIX shell reads them as they are.
public enum ShellQuoting {
    /// One word, with quotes where it needs them; what could steer a terminal is shown as a replacement character.
    public static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || byte.isDecimalDigit || "-_./=".utf8.contains(byte)
            }
        return isPlain ? word : "'" + PrintableText.of(word).replacing("'", with: "'\\''") + "'"
    }
}
