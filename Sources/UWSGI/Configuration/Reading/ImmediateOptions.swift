/// The options that uWSGI applies as soon as it has read them (`UWSGI_OPT_IMMEDIATE`), before anything in their values
/// is replaced, as far as they matter for its configuration. Source: `uwsgi_base_options` in core/uwsgi.c.
enum ImmediateOptions {
    static let names: Set<String> = [
        "xmlconfig", "xml", "ini", "yaml", "yml", "json", "js", "ini-paste", "ini-paste-logged", "config",
        "include", "inject-before", "inject-after", "fallback-config", "strict", "set", "set-placeholder",
        "set-ph", "declare-option", "resolve", "early-envdir",
        "for", "for-glob", "for-times", "for-readline", "endfor", "end-for", "if-opt", "if-not-opt", "if-env",
        "if-not-env", "ifenv", "if-reload", "if-not-reload", "if-hostname", "if-not-hostname",
        "if-hostname-match", "if-not-hostname-match", "if-exists", "if-not-exists", "ifexists", "if-plugin",
        "if-not-plugin", "ifplugin", "if-file", "if-not-file", "if-dir", "if-not-dir", "ifdir",
        "if-directory",
        "endif", "end-if", "blacklist", "end-blacklist", "whitelist", "end-whitelist",
        "stop", "reload", "pause", "suspend", "resume", "connect-and-read", "extract", "help", "usage",
        "print-sym", "print-symbol", "signal", "exit", "cflags", "dot-h", "config-py", "build-plugin",
    ]
}
