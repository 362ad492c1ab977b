/// Configurations and what uWSGI makes of them. Where uWSGI is installed, a test runs it on each.
enum ConfigurationCases {
    /// The environment, but for where a case brings its own.
    static let variables = ["FD": "1024"]

    static let precedenceFiles = ["a.ini": "[uwsgi]\nmax-fd = 1024"]

    /// A file `a.ini` that `--ini` names, and the max-fd that it comes to, if any.
    static let ini: [(String, Int?)] = [
        ("[uwsgi]\nmax-fd = 1024", 1024),
        ("[uwsgi]\nmax-fd=1024 ; a comment\n", 1024),
        ("[uwsgi]\r\nmax-fd = 1024\r\n", 1024),
        ("\t [uwsgi] \n\t max-fd\t=\t 1024 \t", 1024),
        ("[uwsgi]\nmax-fd = 1\nmax-fd = 1024", 1024),
        ("[uwsgi]\nmax-fd = 1024\nmax-fd = 0", nil),
        ("[uwsgi]\nmax-fd = \"1024\"", nil),
        ("[uwsgi]\nmax-fd : 1024", nil),
        ("[uwsgi]\nmax_fd = 1024", nil),
        ("[uwsgi]\nMAX-FD = 1024", nil),
        ("[uwsgi]\n; max-fd = 1024", nil),
        ("[uwsgi]\n#max-fd = 1024", nil),
        ("max-fd = 1024\n[uwsgi]\n", nil),
        ("[other]\nmax-fd = 1024", nil),
        ("[uwsgi] ; x\nmax-fd = 1024", nil),
        ("[uwsgi;\nmax-fd = 1024", 1024),
        ("[uwsgi]\nx=1\n[other]\nmax-fd = 1\n[uwsgi]\nmax-fd = 1024", 1024),
        ("[uwsgi]\nmax-fd = 10\\\n24", 10),
        ("[uwsgi]\nn = 1024\nmax-fd = %(n)", 1024),
        ("[uwsgi]\nmax-fd = %(n)\nn = 1024", 1024),
        ("[uwsgi]\nn = 1024\nn = 2048\nmax-fd = %(n)", 1024),
        ("[uwsgi]\nn = 512\nmax-fd = %(n * 2)", 1024),
        ("[uwsgi]\nn = 10\nmax-fd = %(n 24)", 1024),
        ("[uwsgi]\nmax-fd = 1%(none)", 1),
        ("[uwsgi]\nset-ph = n=1024\nmax-fd = %(n)", 1024),
        ("[uwsgi]\nset-placeholder = n=1%(m)\nm = 024\nmax-fd = %(n)", 1024),
        ("[uwsgi]\nset = max-fd=1024", 1024),
        ("[uwsgi]\nmax-fd = $(FD)", 1024),
        ("[uwsgi]\nmax-fd = $(NONE)", nil),
        ("[uwsgi]\nif-env = FD\nmax-fd = %(_)\nendif\nx = y", 1024),
        ("[uwsgi]\nif-env = FD=9\nmax-fd = 9\nendif =\nmax-fd = 1024", 1024),
        ("[uwsgi]\nif-not-env = FD\nmax-fd = 9\nendif", nil),
        ("[uwsgi]\nif-env = NONE\nmax-fd = 9", nil),
        ("[uwsgi]\nif-env = NONE\nif-env = FD\nmax-fd = 9\nendif\nmax-fd = 1024", 1024),
        ("[uwsgi]\nx = y\nif-opt = x=y\nmax-fd = 1024\nendif", 1024),
        ("[uwsgi]\nif-not-opt = x\nmax-fd = 1024\nendif", 1024),
        ("[uwsgi]\nif-exists = %p\nmax-fd = 1024\nendif", 1024),
        ("[uwsgi]\nif-dir = %d\nmax-fd = 1024\nendif", 1024),
        ("[uwsgi]\nif-file = %d\nmax-fd = 9\nendif", nil),
        ("[uwsgi]\nif-reload =\nmax-fd = 9\nendif", nil),
        ("[uwsgi]\nfor = 1 2 1024\nmax-fd = %(_)\nendfor", 1024),
        ("[uwsgi]\nfor-times = 1024\nmax-fd = %(_)\nendfor", 1024),
        ("[uwsgi]\ndeclare-option = fd=max-fd=$1\nfd = 1024", 1024),
        ("[uwsgi]\nfd = 1024\ndeclare-option = fd=max-fd=$1", 1024),
        ("[uwsgi]\ndeclare-option = fd=max-fd=$1\nmax-fd = 1024\nfd = 9", 1024),
        // The letters after a `%` are magic variables, and empty where there is none.
        ("[uwsgi]\nmax-fd = 10%q24", 1024),
        ("[uwsgi]\nn = 1024\nmax-fd = %%(n)", 1024),
        // It swallows the line feed.
        ("[uwsgi]\nx = 1%\nmax-fd = 9\n", nil),
    ]

    /// `a.ini` with other files.
    static let naming: [([String: String], Int?)] = [
        (["a.ini": "[uwsgi]\nini = b.ini\nmax-fd = 1024", "b.ini": "[uwsgi]\nmax-fd = 9"], 1024),
        (["a.ini": "[uwsgi]\nmax-fd = 9\nini = b.ini", "b.ini": "[uwsgi]\nmax-fd = 1024"], 1024),
        (["a.ini": "[uwsgi]\ninclude = b.ini\nmax-fd = 1024", "b.ini": "[uwsgi]\nmax-fd = 9"], 1024),
        // It is read when everything else has been.
        (["a.ini": "[uwsgi]\ninherit = b.ini\nmax-fd = 9", "b.ini": "[uwsgi]\nmax-fd = 1024"], 1024),
        (["a.ini": "[uwsgi]\ninherit = %(n).ini\nn = b", "b.ini": "[uwsgi]\nmax-fd = 1024"], 1024),
        // When nothing is replaced any more.
        (
            [
                "a.ini": "[uwsgi]\ninherit = b.ini\nmax-fd = 9",
                "b.ini": "[uwsgi]\nmax-fd = %(n)\nn = 1024",
            ], nil
        ),
        (["a.ini": "[uwsgi]\nini = b.ini:x", "b.ini": "[uwsgi]\nmax-fd = 9\n[x]\nmax-fd = 1024"], 1024),
        (["a.ini": "[uwsgi]\nini = :x\n[x]\nmax-fd = 1024"], 1024),
        (["a.ini": "[uwsgi]\nini = %d./b.ini", "b.ini": "[uwsgi]\nmax-fd = 1024"], 1024),
        (["a.ini": "[uwsgi]\nyaml = b.yaml", "b.yaml": "uwsgi:\n  max-fd: 1024\n"], 1024),
        (["a.ini": "[uwsgi]\nmax-fd = @(fd)", "fd": "1024\n"], 1024),
        (["a.ini": "[uwsgi]\nfor-readline = fd\nmax-fd = %(_)\nendfor", "fd": "9\n1024"], 1024),
        (
            [
                "a.ini": "[uwsgi]\ninject-before = b\nini = c.ini", "b": "[uwsgi]\n",
                "c.ini": "max-fd = 1024",
            ], 1024
        ),
        // An `if` stays open behind the end of its file.
        (["a.ini": "[uwsgi]\nini = b.ini\nmax-fd = 9", "b.ini": "[uwsgi]\nif-env = NONE"], nil),
        (
            [
                "a.ini": "[uwsgi]\nenv = N=1\ninherit = b.ini",
                "b.ini": "[uwsgi]\nif-env = N\nmax-fd = 1024",
            ], 1024
        ),
    ]

    /// What the command line and the environment do to ``precedenceFiles``.
    static let precedence: [([String], [String: String], Int)] = [
        (["--max-fd=9", "--ini=a.ini"], [:], 1024),
        (["--ini=a.ini", "--max-fd=9"], [:], 9),
        (["a.ini", "--max-fd=9"], [:], 1024),
        (["--ini=a.ini"], ["UWSGI_MAX_FD": "9"], 1024),
        ([], ["UWSGI_INI": "a.ini"], 1024),
        ([], ["UWSGI_INI": "a.ini", "UWSGI_MAX_FD": "9"], 9),
        (["--include=a.ini", "--set=max-fd=9"], [:], 9),
        (["--inherit=a.ini", "--max-fd=9"], [:], 1024),
    ]

    /// Files over which uWSGI exits.
    static let refused: [[String: String]] = [
        ["a.ini": "[uwsgi]\nmax-fd = -1\nmax-fd = 5"], ["a.ini": "[uwsgi]\nini = none.ini"], [:],
        ["a.ini": "[uwsgi]\ninclude = x.conf", "x.conf": ""], ["a.ini": "[uwsgi]\nset = x"],
        ["a.ini": "[uwsgi]\nblacklist = a max-fd\nmax-fd = 5"],
        ["a.ini": "[uwsgi]\nwhitelist = max-fd\nx = 5"],
        ["a.ini": "[uwsgi]\nif-env = FD\nif-env = FD\nmax-fd = 5"],
        ["a.ini": "[uwsgi]\nx = @(none)"], ["a.ini": "[uwsgi]\njson = b.json", "b.json": "{}"],
        ["a.ini": "[uwsgi]\njson = b.json", "b.json": "{\"uwsgi\": {\"x\": 01}}"],
        ["a.ini": "[uwsgi]\nyaml = b.yaml", "b.yaml": "a: b: c"],
        ["a.ini": "[uwsgi]\nxml = b.xml", "b.xml": "<uwsgi><x></uwsgi>"],
        ["a.ini": "[uwsgi]\nxml = b.xml", "b.xml": "<other> </other>"],
    ]

    /// A file in another format, given as an operand.
    static let others: [(String, String, Int?)] = [
        ("a.yaml", "uwsgi:\n  max-fd: 1024\n", 1024), ("a.yml", "uwsgi:\n  max-fd: \"1024\"\n", 1024),
        ("a.yaml", "uwsgi:\n  plugins:\n    - python\n    - x\n  max-fd: 1024\n", 1024),
        ("a.yaml", "other:\n  max-fd: 9\nuwsgi:\n  max-fd: 1024\nmore:\n  max-fd: 9\n", 1024),
        ("a.yaml", "uwsgi:\n  a: {b: c}\n  max-fd: 1024\n", 1024),
        ("a.yaml", "uwsgi:\n  max-fd: !!str 1024\n", nil), ("a.yaml", "{uwsgi: {max-fd: 1024}}", nil),
        ("a.json", "{\"uwsgi\": {\"max-fd\": 1024}}", 1024),
        ("a.js", "// c\n{\"uwsgi\": {\"max-fd\": \"1024\", \"max-fd\": 1e3}}", 1),
        ("a.json", "{\"uwsgi\": {\"max-fd\": [9, \"1024\"]}}", 1024),
        ("a.json", "{\"uwsgi\": {\"max-fd\": {\"max-fd\": 9}, \"x\": true}}", nil),
        ("a.json", "{\"uwsgi\": {\"max-fd\": \"\\u0031024\"}}", 1024),
        ("a.json", "{\"x\": {\"uwsgi\": {\"max-fd\": 9}}, \"uwsgi\": {\"max-fd\": 1024}}", 1024),
        ("a.xml", "<uwsgi><max-fd>1024</max-fd></uwsgi>", 1024),
        ("a.xml", "<uwsgi>\n<max-fd>\n 1024</max-fd><!-- <max-fd>9</max-fd> -->\n</uwsgi>", 1024),
        ("a.xml", "<x><uwsgi><max-fd>10<![CDATA[24]]></max-fd></uwsgi></x>", 10),
        ("a.xml", "<uwsgi><max-fd><![CDATA[1024]]></max-fd></uwsgi>", 1024),
        ("a.xml", "<uwsgi><max-fd>&#49;024</max-fd></uwsgi>", 1024),
        ("a.xml", "<uwsgi><max-fd/></uwsgi>", 1),
        ("a.xml", "<other/>", nil), ("a.xml", "<uwsgi><app><max-fd>9</max-fd></app></uwsgi>", nil),
    ]

    /// All of them as uWSGI is started; `nil` where it exits.
    static var all: [(example: ConfigurationExample, maxFD: Int??)] {
        ini.map { (ConfigurationExample(["a.ini": $0.0], ["--ini=a.ini"], variables), .some($0.1)) }
            + naming.map { (ConfigurationExample($0.0, ["--ini=a.ini"], [:]), .some($0.1)) }
            + precedence.map { (ConfigurationExample(precedenceFiles, $0.0, $0.1), .some($0.2)) }
            + refused.map { (ConfigurationExample($0, ["--ini=a.ini"], variables), nil) }
            + others.map { (ConfigurationExample([$0.0: $0.1], [$0.0], [:]), .some($0.2)) }
    }
}

extension ConfigurationExample {
    init(_ files: [String: String], _ arguments: [String], _ variables: [String: String]) {
        self.files = files.mapValues { Array($0.utf8) }
        self.arguments = arguments
        environment += variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
