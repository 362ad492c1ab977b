/// What one file's text says, before any option in it has an effect.
struct ParsedConfiguration {
    struct Option: Equatable {
        var name: ConfigurationText
        var value: ConfigurationText
        var line: Int
        var certainty = ConfigurationOption.Certainty.certain
    }

    struct Failure: Equatable {
        var reason: String
        var line: Int
        var isCertain = true
    }

    var options: [Option] = []
    /// Why uWSGI exits when it has read these options.
    var failure: Failure?

    /// That the text holds what cannot be followed, so that any option may be in it.
    static func unreadable(line: Int = 1) -> ParsedConfiguration {
        ParsedConfiguration(options: [
            Option(name: .unknown, value: .unknown, line: line, certainty: .possible)
        ])
    }

    static func failure(_ reason: String, line: Int) -> ParsedConfiguration {
        ParsedConfiguration(failure: Failure(reason: reason, line: line))
    }

    /// What two readers make of one text, where it is not known which of them a build of uWSGI has: what both say
    /// is certain, the rest possible.
    static func merged(_ one: ParsedConfiguration, _ other: ParsedConfiguration) -> ParsedConfiguration {
        var result = ParsedConfiguration()
        // One that exits runs no server, so that the other alone counts.
        if one.failure?.isCertain == true || other.failure?.isCertain == true {
            result.options = one.failure == nil ? one.options : other.options
            result.failure = one.failure ?? other.failure
            result.failure?.isCertain = one.failure?.isCertain == true && other.failure?.isCertain == true
            return result
        }
        var left = one.options[...]
        var right = other.options[...]
        while let first = left.first ?? right.first {
            guard let ours = left.first, let theirs = right.first else {
                result.append(first, .possible)
                _ = left.popFirst() ?? right.popFirst()
                continue
            }
            if ours.line == theirs.line, ours.name == theirs.name {
                result.append(ours, ours.certainty)
                if ours.value != theirs.value { result.append(theirs, .alternative) }
                left.removeFirst()
                right.removeFirst()
            } else if ours.line <= theirs.line {
                result.append(ours, .possible)
                left.removeFirst()
            } else {
                result.append(theirs, .possible)
                right.removeFirst()
            }
        }
        return result
    }

    private mutating func append(_ option: Option, _ certainty: ConfigurationOption.Certainty) {
        var option = option
        option.certainty = certainty
        options.append(option)
    }
}
