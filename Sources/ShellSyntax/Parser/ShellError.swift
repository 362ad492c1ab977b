/// Why reading stopped: the rest of the script is then unread.
enum ShellError: Error, Hashable {
    /// Not the language of the shell.
    case malformed
    /// In `.posix`, the language of bash, for which dash and BusyBox refuse the line.
    case onlyInBash
    /// Nested deeper than the caller allows.
    case tooDeep
    /// Read more often than ``ShellScanner/mostReads`` allows.
    case tooLaborious
}
