import Testing

@testable import UWSGI

/// Containers whose program cannot be seen, and what their authors and operators say of them.
@Suite struct HintTests {
    private func container(
        command: [String] = [], arguments: [String] = [], environment: [String] = [], mounts: [Mount] = []
    ) -> ContainerSpecification {
        ContainerSpecification(
            image: "registry.example.com/team/app:1.0", command: command, arguments: arguments,
            environment: environment.map { EnvironmentVariable(name: $0, value: .literal("2")) },
            mounts: mounts)
    }

    @Test func `Open edX's lms`() {
        let lms = container(
            environment: ["SERVICE_VARIANT", "UWSGI_WORKERS"],
            mounts: [Mount(path: "/openedx/uwsgi.ini", subPath: "uwsgi.ini"), Mount(path: "/openedx/config")])
        let detection = Detector().detect(lms)
        #expect(detection.certainty == .likely)
        #expect(detection.evidence == ["mount /openedx/uwsgi.ini", "env UWSGI_WORKERS"])
        #expect(detection.maxFD == MaxFD(state: .unset, cure: .add))
        #expect(detection.details.routerProcesses == nil)
        var worker = lms
        worker.arguments = ["celery", "--app=lms.celery", "worker", "--max-tasks-per-child=100"]
        #expect(Detector().detect(worker) == .none)
    }

    /// Programs behind which uWSGI may hide.
    @Test(arguments: [
        [], ["/entrypoint.sh"], ["supervisord", "-n", "-c", "/etc/s.conf"], ["/init"], ["make", "run"],
        ["honcho", "start", "web"], ["bash", "/start.sh"], ["sh", "-c", "./start.sh"],
        ["sh", "-c", "migrate && exec /app/run"],
        ["python3.12", "app.py"], ["python", "-m", "app"], ["sortinghatd"], ["npm", "start"],
        ["tini", "--", "/docker-entrypoint.sh"], ["/app/server"],
        ["sh", "-c", "exec $SERVER --port 80"], ["sh", "-c", "if ["], ["npx", "x"], ["/app/bin/start"],
    ])
    func `Unseen program with variable`(_ command: [String]) {
        #expect(
            Detector().detect(container(command: command, environment: ["UWSGI_HTTP"])).certainty == .likely)
        #expect(Detector().detect(container(command: command)).certainty == nil)
    }

    /// Sentry and Snuba start uWSGI up to the versions of 2025.
    @Test(arguments: [
        ("getsentry/sentry:24.8.0", true), ("getsentry/sentry:25.12.1", true), ("getsentry/sentry", true),
        ("getsentry/sentry:nightly", true), ("getsentry/sentry:26.1.0", false),
        ("getsentry/sentry:27.3", false),
    ])
    func `Versions of Sentry`(_ image: String, _ isLikely: Bool) {
        for command in [["sentry", "run", "web"], ["snuba", "api"]] {
            let detection = Detector().detect(ContainerSpecification(image: image, command: command))
            #expect(detection.certainty == (isLikely ? .likely : nil))
        }
    }

    /// Programs that are what they are called, whatever the variables say.
    @Test(arguments: [
        ["gunicorn", "app:app"], ["celery", "-A", "app", "worker"], ["nginx"],
        ["python", "manage.py", "runserver"],
        ["sleep", "infinity"], ["sh"], ["sh", "-c", "exec gunicorn app:app"],
        ["sh", "-c", "./migrate; exec celery worker"],
        ["/usr/local/bin/gunicorn"], ["flask", "run"], ["snuba", "consumer"], ["sentry", "run", "worker"],
        ["uwsgi", "--version"], ["./celery_with_exporter.sh"], ["/wait-for-db.sh"],
        ["tini", "--", "celery", "worker"], ["sh", "-c", "uwsgi --version; exec gunicorn app:app"],
    ])
    func `Visible program`(_ command: [String]) {
        let example = container(
            command: command, environment: ["UWSGI_HTTP", "UWSGI_MAX_FD"],
            mounts: [Mount(path: "/app/uwsgi.ini")])
        #expect(Detector().detect(example) == .none)
        var argumentsOnly = example
        argumentsOnly.command = []
        argumentsOnly.arguments = command
        #expect(Detector().detect(argumentsOnly).certainty == nil || command == ["/wait-for-db.sh"])
    }

    /// Names of variables that speak for uWSGI, and those that speak of a uWSGI elsewhere.
    @Test(arguments: [
        ("UWSGI_HTTP", true), ("UWSGI_WORKERS", true), ("UWSGI_INI", true), ("UWSGI_MAX_FD", true),
        ("UWSGI_MOUNT_PATH", true), ("UWSGI_OPTS", true), ("UWSGI_LISTEN", true), ("UWSGI_REUSE_PORT", true),
        ("UWSGI_SERVICE_HOST", false), ("UWSGI_SERVICE_PORT", false), ("UWSGI_SERVICE_PORT_HTTP", false),
        ("UWSGI_PORT", false), ("UWSGI_PORT_3031_TCP", false), ("UWSGI_PORT_3031_TCP_ADDR", false),
        ("UWSGI_APP_SERVICE_HOST", false), ("UWSGI_APP_PORT", false), ("UWSGI_APP_PORT_80_TCP_PROTO", false),
        ("UWSGI_HOST", false), ("UWSGI_PASS", false), ("UWSGI_UPSTREAM", false),
        ("UWSGI_EXPORTER_URI", false),
        ("uwsgi_http", false), ("DD_UWSGI_MAX_FD", false), ("ENABLE_UWSGI", false), ("UWSGI", false),
        ("UWSGI_RELOADS", false),
    ])
    func `Variable names`(_ name: String, _ isHint: Bool) {
        #expect(Hints.isHint(name) == isHint)
    }

    @Test(arguments: [
        ("/openedx/uwsgi.ini", "", true), ("/etc/uwsgi/app.ini", "", true), ("/etc/uwsgi", "", true),
        ("/etc/tower/uwsgi.ini", "uwsgi.conf", true), ("/app/uwsgi-prod.yaml", "", true),
        ("/app/app.ini", "uwsgi.ini", true),
        ("/var/run/uwsgi", "", false), ("/var/log/uwsgi", "", false), ("/etc/nginx/uwsgi_params", "", false),
        ("/etc/nginx/conf.d/uwsgi.conf", "", false), ("/app/app.ini", "", false),
        ("/tmp/uwsgi.sock", "", false),
    ])
    func `Mounts`(_ path: String, _ subPath: String, _ isHint: Bool) {
        #expect(Hints.isConfiguration(Mount(path: path, subPath: subPath)) == isHint)
    }

    /// Arguments for an entry point that only the image names.
    @Test(arguments: [
        (["--ini", "/app/uwsgi.ini"], true), (["--http", ":80", "--master"], true),
        (["--http-socket=:80"], true),
        (["--http", "0.0.0.0:5000", "-M", "-T", "--threads", "2", "-p", "2", "--callable", "app"], true),
        (["wsgi.ini", "--gevent", "200", "--max-fd", "1048576"], true),
        (["--stats.uri=http://localhost:1717"], false),
        (["--http", "--http.addr=0.0.0.0"], false), (["--port", "80"], false), (["--workers", "4"], false),
        (["--config", "/etc/app.yaml"], false), (["--version"], false),
        (["--ini", "/x.ini", "--stop", "/p"], false),
        (["-c", "/etc/x.conf"], false), (["run", "web"], false), (["create-db"], false),
    ])
    func `Arguments only`(_ arguments: [String], _ isLikely: Bool) {
        let detection = Detector().detect(container(arguments: arguments))
        #expect(detection.certainty == (isLikely ? .likely : nil), "\(detection)")
    }

    @Test func `Arguments give max-fd`() {
        let detection = Detector().detect(container(arguments: ["--http", ":80", "--max-fd", "4096"]))
        #expect(detection.maxFD.state == .set && detection.maxFD.source == "args[3]")
        #expect(detection.evidence == ["args[0] --http"])
    }

    /// A script's name can speak for uWSGI.
    @Test(arguments: [
        ("/app/bin/start-uwsgi.sh", true), ("/uwsgi.sh", true), ("entrypoint-uwsgi.sh", true),
        ("run_uwsgi.sh", true),
        ("/wait-for-uwsgi.sh", false), ("stop-uwsgi.sh", false), ("/uwsgi-healthcheck.sh", false),
        ("install-uwsgi.sh", false), ("/entrypoint.sh", false), ("/app/uwsginx.sh", false),
    ])
    func `Script names`(_ path: String, _ isLikely: Bool) {
        #expect(Detector().detect(container(command: [path])).certainty == (isLikely ? .likely : nil))
    }

    // MARK: What authors and operators say

    @Test func `Annotation`() {
        let plain = container(command: ["/entrypoint.sh"])
        let declared = Detector().detect(plain, declaration: .runsUWSGI)
        #expect(declared.certainty == .declared && declared.evidence == ["annotation"])
        #expect(declared.maxFD == MaxFD(state: .unset, cure: .add))
        let denied = container(command: ["uwsgi", "--http", ":80"])
        #expect(Detector().detect(denied, declaration: .doesNotRunUWSGI) == .none)
        #expect(Detector().detect(denied, declaration: .runsUWSGI).certainty == .certain)
        let other = container(command: ["celery"])
        #expect(Detector().detect(other, declaration: .runsUWSGI).certainty == .declared)
    }

    @Test func `Image pattern`() {
        let detector = Detector(images: [ImagePattern("team/app")])
        #expect(detector.detect(container()).certainty == .declared)
        #expect(detector.detect(container()).evidence == ["image pattern team/app"])
        #expect(detector.detect(container(arguments: ["--processes", "4"])).certainty == .declared)
        #expect(detector.detect(container(arguments: ["--max-fd", "4096"])).maxFD.state == .set)
        #expect(detector.detect(container(arguments: ["--version"])).certainty == nil)
        #expect(detector.detect(container(arguments: ["celery", "worker"])).certainty == nil)
        #expect(detector.detect(container(arguments: ["uwsgi", "--http", ":80"])).certainty == .certain)
        #expect(detector.detect(container(command: ["/entrypoint.sh"])).certainty == nil)
    }

    @Test(arguments: [
        ("team/app", true), ("registry.example.com/team/app", true),
        ("registry.example.com/team/app:1.0", true),
        ("team/app:1.0", true), ("*/app", true), ("team/*", true), ("*", true), ("*app:1.*", true),
        ("app", false),
        ("team/ap", false), ("", false), ("registry.example.com/*/other", false),
    ])
    func `Patterns`(_ pattern: String, _ matches: Bool) {
        #expect(ImagePattern(pattern).matches("registry.example.com/team/app:1.0") == matches)
        let digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        #expect(ImagePattern(pattern).matches("registry.example.com/team/app:1.0" + digest) == matches)
    }

    @Test func `Patterns on hosts`() {
        #expect(ImagePattern("app").matches("localhost:5000/app"))
        #expect(ImagePattern("app").matches("localhost/app:2"))
        #expect(!ImagePattern("app").matches("team/app"))
        #expect(ImagePattern("app").matches("app"))
        for image in ["", "@", "/", ":", "@/", "a.b@/c:d", "//", "a.b/@", ":@/:"] {
            #expect(!ImagePattern("app").matches(image))
        }
    }
}
