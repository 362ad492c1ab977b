/// Why reading stopped: the rest of the script is then unread.
enum ShellError: Error, Hashable {
    /// Not the language of the shell.
    case malformed
    /// Nested deeper than the caller allows.
    case tooDeep
    /// Read more often than ``ShellScanner/mostReads`` allows.
    case tooLaborious
}
