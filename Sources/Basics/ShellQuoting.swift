/// Writes words so that a POSIX shell reads each as one: POSIX.1-2024, Shell Command Language, 2.2.2.
public enum ShellQuoting {
    /// A word in single quotes, to the byte.
    public static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// A word for people to read and copy: in quotes where it needs them, and with replacement characters for what
    /// could steer a terminal.
    public static func shown(_ word: String) -> String {
        let isPlain =
            !word.isEmpty && word.utf8.allSatisfy { $0.isIdentifierByte || "-./=".utf8.contains($0) }
        return isPlain ? word : quoted(PrintableText.of(word))
    }
}
