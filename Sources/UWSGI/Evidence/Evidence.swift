import Basics

/// What led to a finding, in the words of reports. Everything that comes from a Pod is cut and cleaned: its author
/// may be hostile to its reader.
enum Evidence {
    /// The most entries that a finding carries.
    static let most = 8

    /// A name from a specification, safe to show.
    static func quoted(_ name: some StringProtocol) -> String {
        PrintableText.of(name, limit: PrintableText.longestArgument)
    }

    /// A program at its place: `command[0] uwsgi`, `command[2] sh -c: uwsgi`.
    static func program(_ name: some StringProtocol, at location: ArgumentLocation) -> String {
        let shown = quoted(name)
        guard let shell = location.shell else { return location.description + " " + shown }
        return location.description + " " + shell + ": " + shown
    }

    /// A line of a file: `/etc/uwsgi.ini:12`.
    static func place(_ place: FilePlace) -> String { "\(quoted(place.path)):\(place.line)" }

    static func variable(_ name: String) -> String { "env " + quoted(name) }

    static func mount(_ path: String) -> String { "mount " + quoted(path) }
}
