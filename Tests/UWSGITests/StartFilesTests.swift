import Testing

@testable import UWSGI

/// What files say that a program starts.
@Suite struct StartFilesTests {
    private func detect(
        _ command: [String], _ files: [String: String], complete: Set<String> = [],
        _ environment: KeyValuePairs<String, String> = [:]
    ) -> Detection {
        var example = container(command, environment)
        example.workingDirectory = "/srv"
        example.files = KnownFiles(files.mapValues { .text($0) }, completeFolders: complete)
        return Detector().detect(example)
    }

    @Test(
        arguments: [
            (["supervisord", "-n", "-c", "/s.conf"], "[program:a]\ncommand=uwsgi --max-fd 2048 ; comment"),
            (["supervisord", "-c/s.conf"], "[program:a]\ncommand = uwsgi\n  --max-fd 2048"),
            (
                ["supervisord", "--configuration=/s.conf"],
                "[fcgi-program:a]\ncommand:uwsgi --max-fd=%(ENV_FD)s"
            ),
            (
                ["/usr/bin/supervisord", "-c", "/s.conf"],
                "[supervisord]\nenvironment=UWSGI_MAX_FD=\"2048\",A=1\n[program:a]\ncommand=uwsgi"
            ),
            (
                ["supervisord", "-c", "/s.conf"],
                "[program:a]\nenvironment=UWSGI_MAX_FD=2048\ncommand=bash -c \"exec uwsgi\""
            ),
            (["supervisord", "-c", "s.conf"], "[program:a]\ncommand=%(here)s/uwsgi --max-fd 2048"),
            (["honcho", "start", "-f", "/s.conf"], "web: uwsgi --max-fd 2048"),
            (["foreman", "start", "-f", "/s.conf", "web"], "job: celery\nweb: exec uwsgi --max-fd $FD"),
            (["forego", "start", "-f", "/s.conf"], "# web\nweb: cd /x && uwsgi --max-fd 2048"),
        ] as [([String], String)])
    func `Supervisors start what their files say`(_ command: [String], _ text: String) {
        let detection = detect(command, ["/s.conf": text, "/srv/s.conf": text], ["FD": "2048"])
        #expect(detection.certainty == .certain && detection.maxFD.number == 2048, "\(detection)")
        #expect(detection.evidence.first?.contains(text.contains("bash") ? "bash -c" : "s.conf:") ?? false)
    }

    /// A long value that is asked for often makes no longer text.
    @Test func `Expansions are bounded`() {
        let many = String(repeating: "%(ENV_A)s", count: 7000)
        let value = String(repeating: "a", count: 60_000)
        let text = SupervisorConfiguration.expand("uwsgi " + many) { $0 == "ENV_A" ? value : nil }
        #expect(text.utf8.count < 200_000 && text.hasPrefix("uwsgi a"))
        let detection = detect(
            ["supervisord", "-c", "/s.conf"], ["/s.conf": "[program:a]\ncommand=uwsgi --env A=\(many)"],
            ["A": value])
        #expect(detection.runsUWSGI, "\(detection)")
        #expect(detection.maxFD.state != .set)
    }

    /// In an unknown program's configuration any star might be a program's name, were it a script.
    @Test(arguments: [
        ["api-server", "--config-file", "/c"], ["proxy-server", "/c", "--verbose"],
        ["rabbitmqadmin", "import", "/c"],
    ])
    func `What an unknown program is given is its configuration`(_ command: [String]) {
        let ini = "[DEFAULT]\nworkers = 5\nplugins = a,b\n[cors]\nallowed_origin = *\n"
        let json = "{\"policies\": [{\"pattern\": \"^(a|b)\", \"match\": [ * ]}]}\n"
        for text in [ini, json] { #expect(!detect(command, ["/c": text]).runsUWSGI, "\(text)") }
        let script = "printf '%s' '\(json)' > /c\n" + command.joined(separator: " ")
        #expect(!detect(["sh", "-c", script], [:]).runsUWSGI)
        #expect(detect(["entry", "/c"], ["/c": "exec uwsgi --max-fd 2048"]).runsUWSGI)
        #expect(detect(["entry", "/c"], ["/c": "exec $SERVER"], ["SERVER": "uwsgi"]).runsUWSGI)
        #expect(detect(["entry", "/c"], ["/c": "#!/bin/sh\nexec uwsgi"]).runsUWSGI)
    }

    @Test func `Programs that nobody asked for are not certain`() {
        let text = "[program:a]\nautostart=false\ncommand=uwsgi"
        #expect(detect(["supervisord", "-c", "/s.conf"], ["/s.conf": text]).certainty == .likely)
        let both = "web: uwsgi\nworker: celery worker"
        #expect(detect(["honcho", "start", "worker"], ["/srv/Procfile": both]).certainty == nil)
        #expect(detect(["honcho", "start"], ["/srv/Procfile": both]).certainty == .certain)
    }

    @Test func `Included files are followed`() {
        let files = [
            "/etc/supervisord.conf": "[include]\nfiles = conf.d/*.conf",
            "/etc/conf.d/a.conf": "[program:a]\ncommand=uwsgi --ini /a.ini",
            "/a.ini": "[uwsgi]\nmax-fd = 2048",
        ]
        let detection = detect(["supervisord"], files, complete: ["/etc/conf.d"])
        #expect(
            detection.certainty == .certain && detection.maxFD.place == FilePlace(path: "/a.ini", line: 2))
        #expect(detect(["supervisord"], files).unreadPaths.contains("/etc/conf.d"))
    }

    @Test(
        arguments: [
            (["s6-svscan", "/services"], "/services/web/run", "#!/bin/sh\nexec uwsgi --max-fd 2048"),
            (
                ["runsvdir", "-P", "/services"], "/services/web/run",
                "#!/usr/bin/env bash\nexec uwsgi --max-fd 2048"
            ),
            (["/init"], "/etc/services.d/web/run", "#!/usr/bin/with-contenv bash\nexec uwsgi --max-fd 2048"),
            (
                ["/init"], "/etc/s6-overlay/s6-rc.d/web/run",
                "#!/command/with-contenv sh\nexec uwsgi --max-fd 2048"
            ),
        ] as [([String], String, String)])
    func `Service folders are followed`(_ command: [String], _ path: String, _ text: String) {
        let detection = detect(command, [path: text])
        #expect(detection.certainty == .certain && detection.maxFD.number == 2048, "\(detection)")
        #expect(detect(command, [:]).unreadPaths.contains { path.hasPrefix($0) })
    }

    @Test func `kolla's command is followed`() {
        let path = "/var/lib/kolla/config_files/config.json"
        let text = "{\"command\": \"uwsgi --max-fd 2048\", \"config_files\": []}"
        #expect(detect(["kolla_start"], [path: text]).maxFD.number == 2048)
        #expect(detect(["kolla_start"], [path: "{\"command\": \"httpd\"}"]).certainty == nil)
        #expect(detect(["kolla_start"], [path: "[["]).certainty != .certain)
        #expect(detect(["kolla_start"], [:]).unreadPaths.first == path)
    }

    @Test(arguments: [
        ("#!/usr/bin/env -S uwsgi --max-fd 2048 --ini", Certainty?.some(.certain)),
        ("#!/bin/bash -e\nexec uwsgi --max-fd 2048", .certain),
        ("#! /bin/sh\r\nexec uwsgi --max-fd 2048", .likely),
        ("#!/usr/bin/python3\nimport pyuwsgi; pyuwsgi.run(['--max-fd', '2048'])", .certain),
        ("#!/usr/bin/perl\nexec 'uwsgi'", .likely), ("#!/usr/bin/perl\nexec 'other'", nil),
        ("#!/start", nil),
    ])
    func `A script's first line names its interpreter`(_ text: String, _ certainty: Certainty?) {
        #expect(detect(["/start"], ["/start": text]).certainty == certainty)
    }

    /// Files that lead to themselves and to many others end.
    @Test func `Bounds`() {
        let many = (0..<5000).map { "[program:p\($0)]\ncommand=supervisord -c /s.conf\n" }.joined()
        let detection = detect(["supervisord", "-c", "/s.conf"], ["/s.conf": many])
        #expect(detection.certainty != .certain)
        let wide = (0..<5000).map { "w\($0): uwsgi\n" }.joined()
        #expect(detect(["honcho", "start"], ["/srv/Procfile": wide]).runsUWSGI)
    }
}
