import UWSGI

/// One changed line of a uWSGI configuration in the ini format that gives it a max-fd.
struct INIEdit: Hashable, Sendable {
    /// Lines are counted from 0.
    enum Change: Hashable, Sendable {
        case insert(String, behind: Int)
        case replace(Int, with: String)
    }

    let change: Change
    /// The whole text as it is to be.
    let text: String

    /// Gives a value to the option that stands on a line already.
    /// - Parameter line: from 1.
    /// - Returns: `nil` where no `max-fd = …` stands there.
    init?(of text: String, replacingAt line: Int, maxFD: Int) {
        var lines = Self.lines(of: text)
        guard lines.indices.contains(line - 1), let equals = lines[line - 1].firstIndex(of: "=") else {
            return nil
        }
        let key = lines[line - 1][..<equals].split { $0 == " " || $0 == "\t" }
        guard key == ["max-fd"] else { return nil }
        let value = lines[line - 1][equals...].dropFirst()
        let blank = value.prefix { $0 == " " || $0 == "\t" }
        let new = "\(lines[line - 1][...equals])\(blank)\(maxFD)"
        lines[line - 1] = new[...]
        change = .replace(line - 1, with: new)
        self.text = lines.joined(separator: "\n")
    }

    /// Adds the option behind the line that begins the section `[uwsgi]`, which uWSGI reads.
    /// - Returns: `nil` where there is no such section.
    init?(of text: String, addingMaxFD maxFD: Int) {
        var lines = Self.lines(of: text)
        guard let section = lines.firstIndex(where: Self.beginsSection) else { return nil }
        let margin = lines[section].prefix { $0 == " " || $0 == "\t" }
        let new = "\(margin)max-fd = \(maxFD)"
        lines.insert(new[...], at: section + 1)
        change = .insert(new, behind: section)
        self.text = lines.joined(separator: "\n")
    }

    private static func lines(of text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Source: uWSGI `core/ini.c`, `uwsgi_ini_config`.
    private static func beginsSection(_ line: Substring) -> Bool {
        line.drop { $0 == " " || $0 == "\t" }.hasPrefix("[uwsgi]")
    }
}
