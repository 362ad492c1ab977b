import Testing

/// One way in which images are made, whose start leads to a max-fd.
struct ImageKind: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Makes the image `image:1` as a layout in the folder where it starts: a script for `sh`. `add TAR` adds a layer.
    var script: String
    /// Further options of `skopeo copy`.
    var copying: [String] = []
    /// What is kept of its files.
    var files: [String]
    /// What is found out about max-fd.
    var state: String

    init(
        _ name: String, files: [String], state: String = "set", copying: [String] = [], _ script: String
    ) {
        testDescription = name
        self.files = files
        self.state = state
        self.copying = copying
        self.script = Self.beginning + script
    }

    private static let beginning = """
        umoci init --layout image
        umoci new --image image:1
        add() { umoci raw add-layer --image image:1 "$1"; }
        pack() { tar -cf "$1" -C root . && add "$1"; }
        mkdir -p root/app

        """

    private static let start = """
        printf '#!/bin/sh\\n. /app/settings.sh\\nexec "$@"\\n' > root/app/start.sh
        printf 'export UWSGI_MAX_FD=2048\\n' > root/app/settings.sh
        umoci config --image image:1 --config.entrypoint /app/start.sh --config.cmd uwsgi --config.cmd --http \\
            --config.cmd :80

        """

    private static let startFiles = ["/app/settings.sh", "/app/start.sh"]

    static let all = [
        ImageKind("a script that executes CMD", files: startFiles, start + "pack one.tar"),
        ImageKind(
            "layers compressed by Zstandard", files: startFiles,
            copying: ["--dest-compress", "--dest-compress-format", "zstd"], start + "pack one.tar"),
        ImageKind(
            "supervisord with includes",
            files: ["/etc/supervisor/conf.d/app.conf", "/etc/supervisor/supervisord.conf"],
            """
            mkdir -p root/etc/supervisor/conf.d
            printf '[supervisord]\\nnodaemon=true\\n[include]\\nfiles = conf.d/*.conf\\n' \\
                > root/etc/supervisor/supervisord.conf
            printf '[program:app]\\ncommand=uwsgi --http :80 --max-fd 2048\\n' > root/etc/supervisor/conf.d/app.conf
            pack one.tar
            umoci config --image image:1 --config.cmd supervisord --config.cmd -c \\
                --config.cmd /etc/supervisor/supervisord.conf
            """),
        // Of a file that is not in the image nobody knows what it does while a container runs.
        ImageKind(
            "twenty layers with whiteouts",
            files: startFiles, state: "hidden",
            start + """
                mkdir root/conf
                printf 'export UWSGI_MAX_FD=1024\\n' > root/conf/old.sh
                printf '#!/bin/sh\\n[ -e /conf/old.sh ] && . /conf/old.sh\\n. /app/settings.sh\\nexec "$@"\\n' \\
                    > root/app/start.sh
                pack layer.tar
                rm -r root/conf root/app/start.sh
                for number in $(seq 2 17); do
                    printf "export UWSGI_MAX_FD=$number\\n" > root/app/settings.sh
                    pack layer.tar
                done
                # It goes, and comes back.
                rm root/app/settings.sh
                touch root/app/.wh.settings.sh
                pack layer.tar
                rm root/app/.wh.settings.sh
                printf 'export UWSGI_MAX_FD=2048\\n' > root/app/settings.sh
                pack layer.tar
                # Everything in a folder goes.
                rm -r root/app
                mkdir root/conf
                touch root/conf/.wh..wh..opq root/conf/new.sh
                pack layer.tar
                """),
        ImageKind(
            "an entry point behind links", files: ["/usr/local/bin/start"],
            """
            mkdir -p root/srv/v2 root/usr/local/bin root/usr/local/lib
            printf '#!/bin/sh\\nexec uwsgi --http :80 --max-fd 2048\\n' > root/srv/v2/start.sh
            ln -s ../lib/start root/usr/local/bin/start
            ln -s /srv/current/start.sh root/usr/local/lib/start
            pack one.tar
            rm -r root/usr root/srv/v2
            ln -s v2 root/srv/current
            pack two.tar
            umoci config --image image:1 --config.entrypoint start
            """),
        ImageKind(
            "a script that is not UTF-8", files: ["/app/start.sh"],
            """
            printf '#!/bin/sh\\n# D\\351marrage\\nexec uwsgi --http :80 --max-fd 2048\\n' > root/app/start.sh
            pack one.tar
            umoci config --image image:1 --config.entrypoint /app/start.sh
            """),
    ]

    /// Of 300 MB, compressed to some five: random bytes among zeros.
    static let large = ImageKind(
        "a layer of 300 MB", files: startFiles,
        start + """
            for number in $(seq 75); do
                head -c 65536 /dev/urandom
                head -c 3934464 /dev/zero
            done > root/app/large
            pack one.tar
            """)
}
