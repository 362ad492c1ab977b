import Basics

/// What is known of programs that are neither uWSGI nor wrappers.
enum OtherPrograms {
    /// What a program's name says.
    enum Kind {
        /// It is what it is called, and does not start uWSGI.
        case visible
        /// What it starts cannot be seen: a script, a supervisor, an image's own entry point.
        case opaque
    }

    /// Programs that are what they are called. Whatever their arguments say, they run no uWSGI.
    private static let visible: Set<Substring> = Set(
        """
        : [ [[ true false test echo printf cat tac tail head less more grep egrep fgrep rg sed awk gawk cut sort uniq wc tr
        tee cp install mv rm ln ls dir mkdir rmdir mktemp touch chmod chown chgrp stat file find which whereis type hash
        command builtin alias basename dirname realpath readlink date sleep wait sync yes seq nproc id whoami hostname
        uname pwd cd pushd popd umask ulimit df du mount umount ps pgrep pkill kill killall killall5 pidof top htop
        free lsof netstat ss ip ifconfig ping nc ncat netcat telnet socat curl wget http dig nslookup host getent openssl
        ssh scp sftp rsync git hg svn tar gzip gunzip zip unzip xz bzip2 jq yq envsubst make-ssl-cert update-ca-certificates
        pip pip2 pip3 easy_install apt apt-get aptitude dpkg apk yum dnf microdnf rpm zypper pacman gem
        conda-env pip-compile twine man info logger crontab
        docker podman kubectl helm oc nerdctl crictl etcdctl vault consul aws gcloud az terraform ansible
        ansible-playbook
        nginx openresty httpd apache2 apachectl caddy traefik envoy haproxy varnishd squid lighttpd unitd php php-fpm
        gunicorn gunicorn_django gunicorn_paster hypercorn uvicorn daphne waitress-serve granian bjoern mod_wsgi-express
        paster pserve unicorn puma passenger rails rackup tornado cherryd gevent twistd trial circusd chaussette
        celery celeryd celerybeat celery-worker flower rq rqworker rqscheduler dramatiq huey_consumer arq airflow dagster luigi prefect
        flask django-admin manage alembic pytest tox nose nosetests py.test mypy black flake8 pylint ipython jupyter
        bokeh streamlit superset invenio mailman nautobot sentry snuba
        redis-server redis-cli redis-sentinel valkey-server postgres psql pg_isready pg_dump mysqld mysql mysqladmin
        mongod mongo mongosh memcached rabbitmq-server rabbitmqctl kafka zookeeper elasticsearch opensearch minio
        node nodejs deno bun java ruby perl perl5 lua go dotnet beam.smp elixir erl R Rscript julia mono
        prometheus grafana telegraf filebeat fluentd fluent-bit vector logstash node_exporter statsd_exporter promtail
        uwsgi_exporter uwsgi-exporter uwsgi_curl uwsgi-curl uwsgi_proxy uwsgi-proxy uwsgitop uwsgi-manager uwsgi-top uwsgicc
        cron crond anacron atd sshd rsyslogd syslogd syslog-ng supervisorctl s6-svc s6-svstat sv svc svstat
        systemctl journalctl cloud_sql_proxy cloud-sql-proxy istio-agent pilot-agent pause
        gdbserver tcpdump dmesg sysctl iptables nft ldconfig locale-gen dbus-daemon Xvfb gpg age chsh useradd adduser
        UWSGI usermod groupadd addgroup passwd su-login login getty vi vim nano emacs ed bc dc expr xdg-open ffmpeg convert
        """.split { $0 == " " || $0 == "\n" })

    /// Parts of a script's name that show another role than serving, unless a word of ``serving`` stands beside.
    private static let otherRoles: Set<Substring> = [
        "celery", "worker", "workers", "celeryworker", "beat", "celerybeat", "flower", "nginx", "exporter",
        "consumer",
        "scheduler", "backup", "healthcheck", "probe", "liveness", "readiness", "install", "stop", "kill",
    ]

    /// The same, unless a word of ``starting`` stands beside: what many start scripts do first.
    private static let preparations: Set<Substring> = [
        "migrate", "migration", "migrations", "wait", "await", "cron", "test", "tests",
    ]

    private static let serving: Set<Substring> = [
        "server", "serve", "web", "uwsgi", "wsgi", "http", "api", "app",
    ]

    private static let starting: Set<Substring> = [
        "start", "run", "launch", "boot", "entrypoint", "entry", "main", "exec", "up",
    ]

    /// Words that images' entry points take for another role than serving.
    private static let otherKeywords: Set<Substring> = [
        "worker", "beat", "celery", "flower", "scheduler", "migrate", "migrations", "create-db", "shell",
        "consumer",
        "cron", "sleep", "test", "nginx", "master", "upgrade", "initdb",
    ]

    static func isVisible(_ name: Substring) -> Bool { visible.contains(name) || isNumberedVisible(name) }

    /// `python3.12`, `php8`, `pip3.11`: names with a version behind.
    private static func isNumberedVisible(_ name: Substring) -> Bool {
        guard let last = name.utf8.last, last.isDecimalDigit else { return false }
        let stem = Substring(name.utf8.prefix { !$0.isDecimalDigit })
        let base = stem.hasSuffix("-") ? stem.dropLast() : stem
        return !base.isEmpty && visible.contains(base)
    }

    /// Programs that change nothing about which others there are.
    private static let idle: Set<Substring> = [
        "sleep", "pkill", "killall", "mkdir", "rmdir", "chown", "chgrp", "touch", "rm", "sync", "id",
        "whoami", "date",
        "hostname", "uname", "pgrep", "pidof", "grep", "nc", "pg_isready", "ls",
    ]

    /// Whether a program may put another one where a shell looks for it.
    static func mayInstall(_ path: String) -> Bool { !idle.contains(path[...]) }

    /// Whether a word is an entry point's name for another role than serving.
    static func isOtherKeyword(_ word: String) -> Bool { otherKeywords.contains(word[...]) }

    /// What kind of program a path names. Whatever is not known may start anything.
    static func kind(of path: String) -> Kind {
        let name = path.lastPathComponent
        if isVisible(name) { return .visible }
        let parts = Set(name.lowercased().split { $0 == "-" || $0 == "_" || $0 == "." })
        if !parts.isDisjoint(with: serving) { return .opaque }
        if !parts.isDisjoint(with: otherRoles) { return .visible }
        if parts.isDisjoint(with: starting), !parts.isDisjoint(with: preparations) { return .visible }
        return .opaque
    }

    /// Whether a path names a script, of which it is usual to start what its arguments say.
    static func isScript(_ path: String) -> Bool {
        let name = path.lastPathComponent
        for suffix in [".sh", ".bash", ".ash", ".ksh", ".zsh", ".run"] where name.hasSuffix(suffix) {
            return true
        }
        if name.includes("entrypoint") { return true }
        // A path that leads to no folder of programs is most likely an image's own script.
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return false }
        let folder = path[..<slash]
        let systemFolders = ["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"]
        return !systemFolders.contains(String(folder)) && !folder.hasSuffix("venv/bin")
    }
}
