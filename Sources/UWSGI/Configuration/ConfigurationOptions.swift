/// What a configuration comes to, before anybody asks what it means.
struct ConfigurationOptions: Sendable, Hashable {
    /// uWSGI's own list, in its order, as `--show-config` prints it.
    var options: [ConfigurationOption]
    /// The options that uWSGI knows, in the order in which it applies them.
    var applied: [ConfigurationOption]
    /// Why uWSGI exits before it has read everything.
    var failures: [ConfigurationFailure]
    /// The files that were asked for and are not known.
    var unreadFiles: [String]
    /// Whether something was not read because it would have cost too much.
    var isExhausted: Bool

    /// Whether no option is missing that uWSGI would have.
    var isComplete: Bool { !isExhausted && !options.contains(where: \.isUnknown) }
}
