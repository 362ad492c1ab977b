/// The wrappers that are known. Sources: their manuals, and for what is marked in the tests the programs themselves.
enum WrapperTable {
    /// What shells carry out themselves.
    static let exec = Wrapper("exec", values: "a", clearing: "c")

    private static let byName: [Substring: [Wrapper]] = {
        var table: [Substring: [Wrapper]] = [:]
        for wrapper in processes + users + tracers + packages + secrets + waiters {
            for name in wrapper.names { table[name, default: []].append(wrapper) }
        }
        return table
    }()

    /// The rows for a program: several where its subcommands differ.
    static func rows(named name: Substring) -> [Wrapper] {
        if let rows = byName[name] { return rows }
        // A script of a project's own copy often keeps or drops its suffix.
        if Self.endsLikeScript(name), let rows = byName[name.dropLast(3)] {
            return rows
        }
        guard name.utf8.first == UInt8(ascii: "l"), name.hasPrefix("ld-") else { return [] }
        return name.hasPrefix("ld-linux") || name.hasPrefix("ld-musl") ? dynamicLinkers : []
    }

    private static func endsLikeScript(_ name: Substring) -> Bool {
        let end = name.utf8.suffix(3)
        return end.elementsEqual(".sh".utf8) || end.elementsEqual(".py".utf8)
    }

    /// Whether a program finds the one that it starts where its shell finds it.
    static func keepsPath(_ name: Substring) -> Bool { byName[name]?.first?.refusesOthers ?? false }

    private static let dynamicLinkers = [
        Wrapper("ld.so", values: "library-path preload inhibit-rpath audit argv0 glibc-hwcaps-prepend")
    ]

    /// What sets up a process: init programs, priorities, limits, standard streams, name spaces.
    private static let processes: [Wrapper] = [
        Wrapper("tini tini-static docker-init", values: "e p"),
        Wrapper("dumb-init", style: .gnu, values: "r rewrite"),
        Wrapper("catatonit pid1 my_init krunner", values: "skip-startup-files"),
        Wrapper("busybox toybox", attaching: "list help install"),
        Wrapper(
            "nice", style: .gnu, values: "n adjustment", flags: "0 1 2 3 4 5 6 7 8 9", refusesOthers: true,
            failsAlone: true,
            attaching: "help version"),
        Wrapper("ionice", style: .gnu, values: "c class n classdata", attaching: "p pid P pgid u uid"),
        Wrapper(
            "chrt", style: .gnu, values: "T sched-runtime P sched-period D sched-deadline", operands: 1,
            attaching: "p pid m max"),
        Wrapper("taskset", style: .gnu, operands: 1, attaching: "p pid"),
        Wrapper(
            "numactl", style: .gnu,
            values: "i interleave p preferred m membind N cpunodebind C physcpubind w weighted-interleave",
            attaching: "s show H hardware"),
        Wrapper("choom", style: .gnu, values: "n adjust", attaching: "p pid"),
        Wrapper("nohup", style: .gnu, refusesOthers: true, failsAlone: true, attaching: "help version"),
        Wrapper(
            "setsid", style: .gnu, flags: "c ctty f fork w wait", refusesOthers: true, failsAlone: true,
            attaching: "h help V version"),
        Wrapper(
            "timeout", style: .gnu, values: "k kill-after s signal",
            flags: "f foreground p preserve-status v verbose",
            refusesOthers: true, failsAlone: true, operands: 1, attaching: "help version"),
        Wrapper(
            "stdbuf", style: .gnu, values: "i input o output e error", refusesOthers: true,
            failsAlone: true, attaching: "help version"),
        Wrapper("unbuffer"),
        Wrapper("time", style: .gnu, values: "f format o output"),
        Wrapper(
            "env", style: .gnu, values: "C chdir a argv0",
            flags: "v debug block-signal default-signal ignore-signal list-signal-handling",
            refusesOthers: true, assignments: true, clearing: "i ignore-environment", unsetting: "u unset",
            splitting: "S split-string", attaching: "0 null help version"),
        Wrapper("chroot", style: .gnu, values: "userspec groups", operands: 1),
        Wrapper(
            "unshare", style: .gnu,
            values:
                "R root w wd S setuid G setgid map-user map-group map-users map-groups propagation setgroups "
                + "load-interp monotonic boottime"),
        Wrapper("nsenter", style: .gnu, values: "t target S setuid G setgid N net-socket", flags: "net"),
        Wrapper("prlimit", style: .gnu, attaching: "p pid", limits: .pair(options: ["n", "nofile"])),
        Wrapper("setarch linux32 linux64 i386 x86_64", operands: 0),
        Wrapper(
            "flock", style: .gnu, values: "w wait timeout E conflict-exit-code", operands: 1,
            scripts: "c command"),
        Wrapper("setlock pgrphack fghack eatmydata fakeroot fakechroot dbus-launch catsegv catchsegv"),
        Wrapper(
            "jemalloc jemalloc.sh tcmalloc libfaketime proxychains proxychains4 tsocks torsocks", values: "f"),
        Wrapper("faketime", operands: 1),
        Wrapper("softlimit", values: "a c d f l m o p r s t", limits: .soft(option: "o")),
        Wrapper("cpulimit", values: "l limit e exe c cpu", attaching: "p pid"),
        Wrapper("cgexec", values: "g"),
        Wrapper("authbind", values: "depth"),
        Wrapper("systemd-cat", style: .gnu, values: "t identifier p priority stderr-priority level-prefix"),
        Wrapper("dbus-run-session", values: "config-file dbus-daemon"),
        Wrapper(
            "xvfb-run", style: .gnu,
            values: "e error-file f auth-file n server-num p xauth-protocol s server-args w wait"),
        Wrapper(
            "script", style: .gnu,
            values: "E echo I log-in O log-out B log-io T log-timing m logging-format "
                + "o output-limit", payload: .programAfterSeparator, scripts: "c command"),
        Wrapper(
            "start-stop-daemon", style: .gnu,
            values:
                "p pidfile u user c chuid g group r chroot d chdir n name N nicelevel P procsched I iosched "
                + "k umask R retry s signal O output",
            flags: "start", payload: .programAfterSeparator, attaching: "K stop T status",
            programs: "x exec a startas"),
        Wrapper(
            "xargs", style: .gnu,
            values: "a arg-file d delimiter E I L n max-args P max-procs s max-chars process-slot-var",
            flags: "0 null t verbose p interactive x exit o open-tty e eof l max-lines show-limits",
            refusesOthers: true, attaching: "help version", doubting: "I i replace r no-run-if-empty"),
        Wrapper("multirun concurrently parallel", payload: .scripts),
        Wrapper("ip", "netns", operands: 2),
        Wrapper(
            "systemd-run", style: .gnu,
            values:
                "p property u unit slice description uid gid nice working-directory E setenv M machine H host "
                + "service-type on-active on-boot on-startup on-unit-active on-unit-inactive on-calendar "
                + "timer-property path-property socket-property background",
            limits: .property(options: ["p", "property"])),
    ]

    /// What changes the user.
    private static let users: [Wrapper] = [
        Wrapper("gosu su-exec setuidgid s6-setuidgid", operands: 1),
        Wrapper(
            "sudo",
            values:
                "u user g group h host p prompt C close-from D chdir R chroot r role t type T command-timeout "
                + "U other-user a auth-type",
            assignments: true, clears: true, keeping: "E preserve-env",
            attaching: "l list v validate K k e edit"),
        Wrapper("doas", values: "u C a", clears: true, attaching: "L"),
        Wrapper(
            "setpriv", style: .gnu,
            values:
                "reuid regid euid egid ruid rgid groups inh-caps ambient-caps bounding-set securebits pdeathsig "
                + "selinux-label apparmor-profile landlock-access landlock-rule seccomp-filter",
            clearing: "reset-env", attaching: "d dump"),
        Wrapper("chpst", values: "u U b e / n l L m d o p f c r t C", limits: .soft(option: "o")),
        Wrapper("sg", operands: 1, payload: .scripts, scripts: "c command"),
        Wrapper(
            "capsh", values: "", payload: .shell, attaching: "print decode supports has-p has-i has-a has-b"),
        Wrapper("envuidgid", operands: 1),
        Wrapper("envdir", operands: 1),
        Wrapper("s6-envdir", values: "L", operands: 1),
        Wrapper("s6-envuidgid", values: "t", operands: 1),
        Wrapper("s6-applyuidgid", values: "u g G"),
        Wrapper("s6-softlimit", values: "a c d f l m o p r s t", limits: .soft(option: "o")),
        Wrapper("s6-fdholder-retrieve s6-fdholder-store s6-fdholder-getdump", values: "t T", operands: 2),
        Wrapper("with-contenv s6-setsid s6-nice", values: "n"),
        Wrapper("s6-setlock s6-notifyoncheck", values: "t d s c w n T", operands: 0),
    ]

    /// What watches a program run.
    private static let tracers: [Wrapper] = [
        Wrapper(
            "strace",
            values: "a b e E I o O p P s S u U X trace signal status inject fault abbrev verbose raw "
                + "read write kvm output user env columns syscall-limit attach", attaching: "p attach"),
        Wrapper("ltrace", values: "a A D e F l n o p s u w x output library where", attaching: "p"),
        Wrapper(
            "gdb", style: .single, values: "ex x cd command eval-command d symbols s tty",
            attaching: "p pid"),
        Wrapper("valgrind", values: ""),
        Wrapper(
            "perf", "record stat trace",
            values: "o output e event F freq c count call-graph p pid C cpu m mmap-pages",
            attaching: "p pid"),
        Wrapper("heaptrack", values: "o output p pid", attaching: "p pid"),
        Wrapper(
            "py-spy", "record top", values: "o output d duration r rate f format p pid", attaching: "p pid"),
        Wrapper(
            "coverage coverage3", "run",
            values: "branch rcfile source include omit context concurrency data-file", payload: .python),
        Wrapper("memray", "run", values: "o output live-port compress-on-exit", payload: .python),
        Wrapper(
            "kernprof scalene pyinstrument cProfile profile trace", values: "o outfile s r", payload: .python),
        Wrapper("debugpy", values: "listen connect log-to configure-subProcess", payload: .python),
        Wrapper("ddtrace-run splunk-py-trace sfx-py-trace elasticapm-run contrast-python-run lumigo-run"),
        Wrapper("newrelic-admin", "run-program"),
        Wrapper("newrelic-admin", "run-python", payload: .python),
        Wrapper(
            "opentelemetry-instrument opentelemetry-auto-instrument",
            values: "traces_exporter metrics_exporter logs_exporter exporter_otlp_endpoint service_name "
                + "id_generator propagators resource_attributes exporter_otlp_traces_endpoint "
                + "exporter_otlp_metrics_endpoint exporter_otlp_protocol"),
        Wrapper("pyagent", "run", values: "c config-file"),
        Wrapper(
            "watchmedo", "auto-restart",
            values: "d directory p pattern patterns i ignore-pattern ignore-patterns signal kill-after "
                + "debounce-interval interval timeout"),
        Wrapper(
            "watchmedo", "shell-command",
            values: "d directory p pattern patterns i ignore-pattern ignore-patterns interval timeout",
            payload: .scripts, scripts: "c command"),
        Wrapper(
            "watchexec", values: "w watch e exts f filter i ignore s signal d debounce shell stop-timeout"),
        Wrapper("entr"),
        Wrapper("reflex", values: "r regex g glob R G s d"),
        Wrapper("nodemon", values: "w watch e ext i ignore delay signal", scripts: "x exec"),
    ]

    /// What runs a program in the environment of a package manager.
    private static let packages: [Wrapper] = [
        Wrapper("poetry", "run", values: "C directory P project"),
        Wrapper("pipenv", "run", values: "python pypi-mirror"),
        Wrapper(
            "uv", "run",
            values:
                "p python with with-requirements with-editable extra group no-group only-group no-extra package "
                + "project directory env-file index default-index index-url i extra-index-url find-links f "
                + "config-file cache-dir color link-mode reinstall-package upgrade-package P refresh-package "
                + "exclude-newer resolution prerelease keyring-provider config-setting C allow-insecure-host "
                + "python-platform isolated-from w",
            attaching: "m module"),
        Wrapper(
            "uvx", values: "from with p python index index-url directory project env-file refresh-package"),
        Wrapper("uv", "tool", values: "from with p python directory project", operands: 1),
        Wrapper("pipx", "run", values: "spec python pip-args index-url"),
        Wrapper("pdm", "run", values: "p project env-file venv"),
        Wrapper(
            "hatch", "run", values: "e env p project data-dir cache-dir config",
            payload: .programInEnvironment),
        Wrapper("rye", "run", values: "pyproject"),
        Wrapper("pixi", "run", values: "e environment manifest-path"),
        Wrapper(
            "conda mamba micromamba", "run",
            values: "n name p prefix cwd r root-prefix a attach e env"),
        Wrapper(
            "mise rtx", "exec x", values: "C cd j jobs E env", payload: .programAfterSeparator,
            scripts: "c command"),
        Wrapper("asdf pyenv rbenv nodenv", "exec"),
        Wrapper("direnv", "exec", operands: 1),
        Wrapper("dotenv", "run", values: "f file q quote e export"),
        Wrapper("dotenv dotenvx env-cmd", values: "f file e environments env p c"),
        Wrapper("nix-shell", values: "p packages I arg argstr", payload: .scripts, scripts: "run command"),
        Wrapper("bundle", "exec"),
        Wrapper("honcho foreman", "run", values: "e env f procfile d app-root"),
        Wrapper("k5start krenew", values: "f k u p l K t"),
    ]

    /// What fetches secrets for a program.
    private static let secrets: [Wrapper] = [
        Wrapper(
            "doppler", "run",
            values: "p project c config t token name-transformer mount mount-format mount-template fallback "
                + "passphrase dns-resolver-timeout attempts timeout scope configuration api-host",
            scripts: "command"),
        Wrapper("op", "run", values: "env-file account session config environment"),
        Wrapper(
            "infisical", "run",
            values:
                "env e path p projectId project-config-dir token tags t domain log-level watch-interval l",
            scripts: "command c"),
        Wrapper("vault-env secrets-init ssm-env aws-env entrykit envkey-source gomplate-exec"),
        Wrapper(
            "chamber aws-vault", "exec", values: "b backend r retries d duration n region assume-role-ttl",
            payload: .programAfterSeparator),
        Wrapper("sops", "exec-env", values: "user", operands: 1, payload: .scripts),
        Wrapper("berglas", "exec", values: "local"),
        Wrapper(
            "envconsul", style: .single,
            values:
                "config consul-addr vault-addr prefix secret kill-signal log-level exec-kill-timeout wait retry",
            scripts: "exec"),
        Wrapper(
            "consul-template", style: .single,
            values: "config template consul-addr vault-addr wait log-level kill-signal", payload: .scripts,
            scripts: "exec"),
        Wrapper("summon", values: "f p e D up provider environment ignore"),
        Wrapper(
            "teller secrethub bws vals phase akeyless", "run exec",
            values: "f file c config t template p e env"),
    ]

    /// What waits for other services first.
    private static let waiters: [Wrapper] = [
        Wrapper("linkerd-await", values: "p port b backoff t timeout timeout-fatal"),
        Wrapper(
            "gomplate",
            values: "f file o out i in d datasource c context V input-dir output-dir output-map "
                + "exclude t template plugin left-delim right-delim H datasource-header chmod config missing-key",
            payload: .programAfterSeparator),
        Wrapper(
            "dockerize", style: .single,
            values:
                "wait timeout template stdout stderr wait-http-header wait-retry-interval env env-section "
                + "delims cacert"),
        Wrapper(
            "wait-for-it wait-for wait_for_it wait-for-db wait-for-postgres wait4x wait-for-port wtfc wait-for-command",
            values: "h p t host port timeout q", payload: .programAfterSeparator),
    ]
}
