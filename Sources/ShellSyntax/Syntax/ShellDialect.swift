/// Which shell's language a script is read as.
///
/// Where dash, busybox and a bash that is called `sh` read the same text differently and none of them refuses it,
/// `.posix` takes no side: the text is kept unread, or the comment at its reader says what is left to the caller.
/// Where dash refuses what others read, it is malformed, hence unread as well.
///
/// `[[` and `((` are an ordinary command and a subshell in a subshell in `.posix`, as in dash. busybox knows `[[`
/// with words like those of `[`; a caller that takes `[[` for a question is right with both.
public enum ShellDialect: Sendable, Hashable {
    /// dash, busybox ash, and whatever else is called `sh`.
    case posix
    case bash
}

/// A stretch of a script's own bytes: what stands where something could not be evaluated.
public typealias ShellSource = ArraySlice<UInt8>
