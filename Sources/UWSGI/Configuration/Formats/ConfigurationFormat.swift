/// The formats of configuration files that uWSGI reads itself.
enum ConfigurationFormat {
    case ini, yaml, json, xml

    /// By the option that names a file. Sources: `uwsgi_base_options` in core/uwsgi.c; `--ini-paste` in
    /// plugins/python/python_plugin.c, which reads the file as `--ini` does.
    init?(option name: String) {
        switch name {
        case "ini", "ini-paste", "ini-paste-logged", "pypy-ini-paste": self = .ini
        case "yaml", "yml": self = .yaml
        case "json", "js": self = .json
        case "xml", "xmlconfig": self = .xml
        default: return nil
        }
    }

    /// By the end of a file's name, as operands, `include` and `inherit` have it; a section behind the name hides it.
    /// Source: `uwsgi_opt_load` in core/uwsgi.c.
    init?(fileName: ConfigurationText) {
        if fileName.ends(with: ".ini") {
            self = .ini
        } else if fileName.ends(with: ".xml") {
            self = .xml
        } else if fileName.ends(with: ".yaml") || fileName.ends(with: ".yml") {
            self = .yaml
        } else if fileName.ends(with: ".json") || fileName.ends(with: ".js") {
            self = .json
        } else {
            return nil
        }
    }

    /// - Parameter section: what follows the last colon of the name; `nil` when there is none.
    func read(_ text: MagicText, section: ConfigurationText?, by build: UWSGIBuild) -> ParsedConfiguration {
        let name = section.flatMap { $0.isEmpty ? nil : $0 } ?? ConfigurationText("uwsgi")
        return switch self {
        case .ini: INIConfiguration.read(text, section: name)
        case .yaml: YAMLConfiguration.read(text, section: name, by: build)
        case .json: JSONConfiguration.read(text, section: name)
        case .xml: XMLConfiguration.read(text, identifier: section, by: build)
        }
    }
}
