import YAML

/// uWSGI's two readings of yaml files: most builds have a reader of lines of their own, others, Debian's among them,
/// walk through libyaml's tokens (`yaml = embedded` and `yaml = libyaml` in uwsgiconfig.py).
///
/// Where they differ, as they do for quotes and lists, neither is certain. Source: core/yaml.c.
enum YAMLConfiguration {
    static func read(
        _ text: MagicText, section: ConfigurationText, by build: UWSGIBuild
    ) -> ParsedConfiguration {
        guard !text.hasNUL, !text.endsInPercent else { return .unreadable() }
        return switch build.hasLibYAML {
        case true?: readTokens(text, section: section)
        case false?: readLines(text, section: section)
        case nil: .merged(readTokens(text, section: section), readLines(text, section: section))
        }
    }

    // MARK: libyaml

    /// Stands for a mark in what libyaml reads, as YAML forbids NUL: a character that is reserved for private use.
    private static let mark: ConfigurationText = [0xEE, 0x80, 0x80]

    private static func readTokens(_ text: MagicText, section: ConfigurationText) -> ParsedConfiguration {
        var walk = YAMLTokenWalk(section: section)
        do throws(YAMLError) {
            let reader = try YAMLTokenReader(text.joined.replacing(.unknown, with: mark))
            while !walk.isAtEnd {
                walk.take(try reader.next(), lines: text.lines, mark: mark)
                guard reader.depth <= YAMLTokenReader.maximumDepth else { return .unreadable() }
            }
        } catch {
            var result = ParsedConfiguration(options: walk.options)
            result.failure = .init(
                reason: "libyaml cannot read it: \(error.reason)", line: error.mark?.line ?? 1)
            return result
        }
        return ParsedConfiguration(options: walk.options)
    }

    // MARK: Lines

    private static func readLines(_ text: MagicText, section asked: ConfigurationText) -> ParsedConfiguration
    {
        var result = ParsedConfiguration()
        var isInSection = false
        var currentDepth = 0
        for line in text.lines {
            let bytes = Array(line.bytes.prefix { $0 != UInt8(ascii: "#") })
            guard !bytes.isEmpty else { continue }
            let depth = depth(bytes)
            if depth <= currentDepth {
                currentDepth = depth
                if isInSection { return result }
            } else if !isInSection {
                continue
            }
            let key = Array(bytes.drop { isBlank($0) || $0 == 0x0D })
            guard let first = key.first else { continue }
            if "-[{".utf8.contains(first) {
                if isInSection { return result }
            } else if !isInSection {
                isInSection = key.firstIndex(of: UInt8(ascii: ":")).map { Array(key[..<$0]) } == asked
            } else if let option = option(key, line: line.number) {
                result.options.append(option)
            } else {
                return result
            }
        }
        return result
    }

    private static func option(_ line: ConfigurationText, line number: Int) -> ParsedConfiguration.Option? {
        guard let colon = firstColon(line, before: 0x20) ?? firstColon(line, before: 0x09) else { return nil }
        var key = line[..<colon]
        while let last = key.last, isBlank(last) { key.removeLast() }
        var value = line[(colon + 2)...].drop { isBlank($0) || $0 == 0x0D }
        while let last = value.last, isBlank(last) { value.removeLast() }
        return ParsedConfiguration.Option(name: Array(key), value: Array(value), line: number)
    }

    private static func firstColon(_ line: ConfigurationText, before next: UInt8) -> Int? {
        line.indices.dropLast().first { line[$0] == UInt8(ascii: ":") && line[$0 + 1] == next }
    }

    /// A blank counts one, a tab eight.
    private static func depth(_ line: ConfigurationText) -> Int {
        line.prefix { isBlank($0) || $0 == 0x0D }.reduce(0) { $0 + ($1 == 0x20 ? 1 : 8) }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// The state that uWSGI keeps while libyaml gives it tokens: `uwsgi_yaml_config` in core/yaml.c.
private struct YAMLTokenWalk {
    /// What the next scalar is.
    private enum Expected {
        case nothing, key, value, element
    }

    let section: ConfigurationText
    private(set) var options: [ParsedConfiguration.Option] = []
    private(set) var isAtEnd = false
    private var expected = Expected.nothing
    private var key: ConfigurationText?
    /// How many collections are open, that of the section included; 0 outside of it.
    private var depth = 0

    init(section: ConfigurationText) { self.section = section }

    mutating func take(_ token: YAMLToken, lines: [MagicText.Line], mark: ConfigurationText) {
        switch token.kind {
        case .streamEnd: isAtEnd = true
        case .key: expected = .key
        case .value: expected = .value
        case .sequenceStart:
            if depth > 0 { depth += 1 }
            expected = .element
        case .entry: expected = .element
        case .blockMappingStart:
            if depth > 0 {
                depth += 1
            } else if key == section {
                depth = 1
            }
        case .end:
            if depth > 0 {
                depth -= 1
                isAtEnd = depth == 0
            }
            key = nil
            expected = .nothing
        case .scalar(let bytes):
            let index = token.mark.line - 1
            let line = lines.indices.contains(index) ? lines[index].number : token.mark.line
            take(bytes.replacing(mark, with: .unknown), line: line)
        case .other: expected = .nothing
        }
    }

    private mutating func take(_ scalar: ConfigurationText, line: Int) {
        switch expected {
        case .key: key = scalar
        case .value, .element:
            if let key, depth > 0 {
                options.append(ParsedConfiguration.Option(name: key, value: scalar, line: line))
            }
            guard expected == .value else { break }
            key = nil
            expected = .nothing
        case .nothing: isAtEnd = true
        }
    }
}
