/// Makes folders of configuration files that uWSGI reads, or refuses, without starting or running anything.
struct ConfigurationGenerator {
    enum Format: String, CaseIterable {
        case ini, yaml, json, xml
    }

    private var random: SplitMix
    /// Whether a file's effects end with it: it closes what it opens, and declares nothing for others.
    private var isTidy = false

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    private mutating func choice<Element>(_ elements: [Element]) -> Element {
        elements[random.next(below: elements.count)]
    }

    private mutating func once(in count: Int) -> Bool { random.next(below: count) == 0 }

    mutating func example(_ format: Format) -> ConfigurationExample {
        var example = ConfigurationExample()
        isTidy = once(in: 2)
        example.environment += [("E1", choice(["512", "600", "a b", ""])), ("E2", "%(c)")]
        if once(in: 6) { example.environment.append(("UWSGI_MAX_FD", number())) }
        example.files = [
            "number.txt": Array(choice(["700\n", "701", "702\r\n", "", "703\n\n", "%(c)\n"]).utf8),
            "lines.txt": Array("801\n802\r\n\n803".utf8),
            "leaf.ini": Array(iniFile(depth: 0).utf8),
            "base.ini": Array(iniFile(depth: 1).utf8),
        ]
        let main: String
        switch format {
        case .ini:
            main = "main.ini"
            example.files[main] = iniBytes()
        case .yaml:
            main = choice(["main.yaml", "main.yml"])
            example.files[main] = Array(yamlFile().utf8)
        case .json:
            main = choice(["main.json", "main.js"])
            example.files[main] = Array(jsonFile().utf8)
        case .xml:
            main = "main.xml"
            example.files[main] = Array(xmlFile().utf8)
        }
        let option = ["ini": "ini", "yaml": "yaml", "yml": "yml", "json": "json", "js": "js", "xml": "xml"]
        let suffix = String(main.split(separator: ".")[1])
        switch random.next(below: 8) {
        case 0, 1: example.arguments = [main]
        case 2: example.arguments = [main, "--max-fd=\(number())"]
        case 3: example.arguments = ["--\(option[suffix] ?? "")=\(main):\(choice(["other", "uwsgi", ""]))"]
        case 4:
            example.environment.append(("UWSGI_\((option[suffix] ?? "").uppercased())", main))
        case 5:
            example.arguments = [
                "--set=c=\(number())", "--\(option[suffix] ?? "")=\(main)", "--set=max-fd=%(b)",
            ]
        case 6: example.arguments = ["--include=\(main)", "--max-fd=\(choice(["%(a)", "$(E1)", number()]))"]
        default: example.arguments = ["--\(option[suffix] ?? "")=\(main)"]
        }
        return example
    }

    /// Some of the files and variables, and `.` for the working directory.
    mutating func hidden(of example: ConfigurationExample) -> Set<String> {
        let variables = ["E1", "E2", "NONE", "E3", "UWSGI_MAX_FD"]
        let names = variables + (isTidy ? ["."] + example.files.keys.sorted() : ["number.txt", "lines.txt"])
        return Set(names.filter { _ in once(in: 4) })
    }

    // MARK: Values

    private mutating func number() -> String {
        choice(
            [
                "100", "1024", "2048", "4096", "19999", "0", "64k", " 300 ", "+400", "1e3", "\"500\"", "x",
                "", "15.5", once(in: 4) ? "-1" : "17",
                "128 ; c", "256 # c",
            ])
    }

    /// What may stand in the value of an option; references go to later letters only, so that none goes around.
    private mutating func value(of key: String) -> String {
        let later = ["a", "b", "c"].filter { $0 > key || key == "max-fd" }
        let name = later.isEmpty ? "zz" : choice(later)
        return choice([
            number(), number(), number(), "%(\(name))", "%(\(name))0", "1%(\(name))", "%(\(name) + 1)",
            "%(\(name) * 2 - 10)", "%(\(name) \(name))", "%(\(name) ++)", "%(9 / \(name))", "%(\(name) / 0)",
            "$(E1)", "$(E2)", "$(NONE)", "x$(E1)", "@(number.txt)", "2@(number.txt)", "%(none)",
            "%(none none)",
            "%%(\(name))", "%d", "%n%e", "%x", "%s", "%c", "%N", "%S", "%O", "%0%1%2", "%q1", "100%", "%()",
            "%((a))", "$(E1",
            "$($(E1))", "%(\(name)%)", "[%[x", "a=b=c", "%v",
        ])
    }

    private mutating func key() -> String {
        choice(["max-fd", "max-fd", "max-fd", "a", "b", "c", "e", "max_fd", "MAX-FD", "procname", "mülle"])
    }

    // MARK: ini

    private mutating func iniBytes() -> [UInt8] {
        var bytes = Array(iniFile(depth: 2).utf8)
        if once(in: 12) {
            bytes.insert(choice([0, 0xFF, 0x01, 0x0D, 0x25]), at: random.next(below: bytes.count + 1))
        }
        return bytes
    }

    private mutating func iniFile(depth: Int) -> String {
        var lines: [String] = []
        if !once(in: 8) {
            lines.append(choice(["[uwsgi]", "[uwsgi]", "[uwsgi]", " [uwsgi] ", "[uwsgi]\r", "[uwsgi;"]))
        }
        for _ in 0...(1 + random.next(below: 7)) { lines += block(depth: depth) }
        if once(in: 3) {
            lines.append(choice(["[other]", "[uwsgi]", "[", "[]", "[other"]))
            for _ in 0...random.next(below: 3) { lines += block(depth: depth) }
        }
        let end = once(in: 6) ? "\r\n" : "\n"
        return lines.joined(separator: end) + (once(in: 3) ? "" : end)
    }

    private mutating func block(depth: Int) -> [String] {
        switch random.next(below: 24) {
        case 0: return [choice(["; max-fd = 1", "# max-fd = 2", "", "   ", "\t; x"])]
        case 1: return [choice(["max-fd", "a", "= 5", "a = ", "master", "max-fd : 100"])]
        case 2, 3:
            return ["\(condition())"] + line().map { $0 } + line() + [
                choice(["endif", "end-if =", "end", "endif = x", isTidy ? "end" : ""])
            ]
        case 4:
            return [
                choice([
                    "for = 1 2  3", "for-times = 3", "for-readline = lines.txt", "for =", "for = %(a) 7",
                    "for-glob = x",
                ])
            ] + [choice(["max-fd = 1%(_)0", "a = %(_)", "max-fd = %(_)", "set = b=%(_)", "b = %(_)%(_)"])] + [
                choice(["endfor", "end-for", "endif"])
            ]
        case 5: return ["set = \(key())=\(value(of: "max-fd"))"]
        case 6:
            return [
                "set-ph = \(choice(["a", "b", "zz"]))=\(number())",
                choice(["set-placeholder = zz=1", "b = %(zz)"]),
            ]
        case 7 where !isTidy:
            return [
                "declare-option = own=\(choice(["max-fd=$1", "set=a=$1;max-fd=$2", "x", "max-fd=5$1;b=1"]))",
                "own = 91 92",
            ]
        case 8 where depth > 0:
            return [
                choice([
                    "ini = leaf.ini", "ini = leaf.ini:other", "include = leaf.ini", "inherit = leaf.ini",
                    "ini = leaf.ini:",
                ])
            ]
        case 9 where depth > 1:
            return [
                choice([
                    "ini = base.ini", "include = base.ini", "inherit = base.ini", "ini = base.ini:other",
                    "inherit = %(n)",
                    "inherit = $(NONE)base.ini",
                ])
            ]
        case 10 where depth > 1 && once(in: 4): return ["ini = leaf.ini", "ini = :other"]
        case 11 where once(in: 6) && !isTidy:
            return [
                choice([
                    "blacklist = a b", "whitelist = max-fd a endif c ini set", "end-blacklist",
                    "strict = false", "ini = missing.ini", "include = x.conf",
                ])
            ]
        case 12 where depth > 1 && once(in: 3) && !isTidy:
            return ["inject-before = number.txt", "ini = leaf.ini"]
        case 13 where depth > 0 && once(in: 2): return ["env = E3=900", "inherit = leaf.ini"]
        default: return line()
        }
    }

    private mutating func line() -> [String] {
        let key = key()
        return [
            choice(["", "", " ", "\t"]) + key + choice([" = ", "=", " =", "= ", "\t=\t"]) + value(of: key)
                + choice(["", "", "  ", "\t", "\r"])
        ]
    }

    private mutating func condition() -> String {
        choice([
            "if-env = E1", "if-env = E1=512", "if-env = NONE", "if-not-env = E1", "if-not-env = NONE",
            "if-not-env = E1=x",
            "if-opt = a", "if-opt = max-fd=100", "if-not-opt = b", "if-not-opt = a=1", "if-exists = leaf.ini",
            "if-exists = none", "if-not-exists = none", "if-file = leaf.ini", "if-dir = .",
            "if-not-dir = leaf.ini",
            "if-not-file = %d", "ifexists = %dleaf.ini", "ifdir = %d", "if-reload", "if-not-reload",
            "ifenv = E2",
            "if-env = E3", "if-directory = x",
        ])
    }

    // MARK: Other formats

    /// Lines of options as the other formats can have them.
    private mutating func options() -> [(String, String)] {
        (0...(1 + random.next(below: 5))).map { _ in
            switch random.next(below: 8) {
            case 0: return ("ini", choice(["leaf.ini", "base.ini", "leaf.ini:other"]))
            case 1: return ("inherit", "leaf.ini")
            case 2 where !isTidy: return (choice(["if-env", "if-not-env"]), choice(["E1", "NONE"]))
            case 3: return ("endif", choice(["", "x", "true"]))
            case 4: return ("set", "a=\(random.next(below: 2000))")
            default:
                let key = key()
                return (key, value(of: key))
            }
        }
    }

    private mutating func yamlFile() -> String {
        var text = choice(["", "", "# c\n", "---\n", "%YAML 1.1\n---\n", "x: y\n"])
        let indent = choice(["  ", " ", "    "])
        text += choice(["uwsgi:\n", "uwsgi:\n", "other:\n", "uwsgi: # c\n", "\"uwsgi\":\n", "uwsgi: \n"])
        for (name, value) in options() {
            switch random.next(below: 9) {
            case 0: text += "\(indent)\(name):\n\(indent)  - \(yaml(value))\n\(indent)  - 77\n"
            case 1: text += "\(indent)\(name):\n\(indent)- \(yaml(value))\n"
            case 2: text += "\(indent)\(name): [\(random.next(below: 500)), 9]\n"
            case 3:
                text += choice([
                    "\n", "# c\n", "\(indent)# c\n", "\(indent)x:\n", "\(indent)m: {a: b}\n",
                    "\(indent)- z\n", "\(indent)y: !!str 5\n",
                ])
            default: text += "\(indent)\(name): \(yaml(value))\n"
            }
        }
        if once(in: 3) { text += "other:\n  max-fd: 55\n" }
        if once(in: 6) { text += "uwsgi:\n  max-fd: 56\n" }
        return text
    }

    private mutating func yaml(_ value: String) -> String {
        choice([
            value, value, "\"\(value.filter { $0 != "\"" })\"", "'\(value)'", "\(value) # c", "  \(value)  ",
            "|\n     \(value)",
        ])
    }

    private mutating func jsonFile() -> String {
        let members = options().map { name, value in
            let text = "\"\(value.filter { $0 != "\"" })\""
            let isFree = !["ini", "inherit", "set", "if-env", "if-not-env"].contains(name)
            let written: String =
                isFree && once(in: 2)
                ? choice([
                    "\(random.next(below: 3000))", "1e3", "12.5", "true", "false", "null", "-0",
                    "[\(text), 88, true]", "[]",
                    "{\"max-fd\": 3}", "[[5]]", "\"10\\u0032\\u0034\"", "\"7\\u00e9\\n\"",
                    "\"\\ud83d\\ude00\"", "\"9\\/\"",
                    "\"a\\u0000b\"", once(in: 4) ? "01" : "10", once(in: 4) ? "\"\t\"" : "\"\\t\"",
                ]) : text
            return "  \"\(name)\"\(choice([":", " : ", ": "]))\(written)"
        }
        let object = "{\n\(members.joined(separator: choice([",\n", ", "])))\n}"
        if once(in: 10) {
            return choice([
                "{\"uwsgi\": \(object)} x", "{\"uwsgi\": \(object),}", "{\"uwsgi\": 5}", "[\(object)]",
                "{\"uwsgi\": \(object)",
            ])
        }
        return choice([
            "{\"uwsgi\": \(object)}", "{\"uwsgi\": \(object)}\n",
            "{\"other\": \(object), \"uwsgi\": \(object)}",
            "// c\n{\"uwsgi\": /* c */ \(object)}", "{\"uwsgi\": \(object), \"uwsgi\": {\"max-fd\": 1}}",
            "{\"x\": [1, {}, \"y\"], \"uwsgi\": \(object)}",
        ])
    }

    private mutating func xmlFile() -> String {
        var text = choice(["", "", "<?xml version=\"1.0\"?>\n", "<!-- c -->\n"])
        let isWrapped = once(in: 4)
        if isWrapped { text += "<root>\n<uwsgi id=\"x\"><max-fd>11</max-fd></uwsgi>" }
        text += choice(["<uwsgi>", "<uwsgi id=\"other\">", "<uwsgi >"]) + "\n"
        for (name, value) in options() where !name.utf8.contains(where: { $0 >= 0x80 }) {
            let escaped = value.map { ["<": "&lt;", "&": "&amp;", "\"": "&quot;"][$0] ?? String($0) }.joined()
            text +=
                choice([
                    "<\(name)>\(escaped)</\(name)>", "<\(name)>\(escaped)</\(name)>",
                    "<\(name) > \(escaped) </\(name)>", "<\(name)/>",
                    "<\(name)></\(name)>", "<\(name) id=\"other\">\(escaped)</\(name)>",
                    "<\(name) id='q'>\(escaped)</\(name)>",
                    "<\(name)><![CDATA[\(value)]]></\(name)>", "<\(name)>\(escaped)<!-- c -->1</\(name)>",
                    "<\(name)>\n\(escaped)\n</\(name)>",
                    "<!-- <\(name)>1</\(name)> -->", "<\(name)>&#49;&#x30;24</\(name)>",
                ]) + choice(["\n", "", "  "])
        }
        text += "</uwsgi>"
        if isWrapped { text += "</root>" }
        return text + choice(["", "\n", "\n\n"])
    }
}
