// Stands in for uWSGI and for every other program that generated scripts call.
//
// A folder that its own lies in, the sandbox, holds `world`: a line `base LIMIT`, a line `server STATUS` for how uWSGI
// ends, and for each other program a line `NAME STATUS OUTPUT`, where STATUS is 0, 1, `once` for a program that fails
// the first time only, `hands` for one that starts what its arguments name or runs what it is
// fed with, `feeds` for one that runs what it is fed with whatever its arguments say, or `installs` for one that puts
// uWSGI into `installed`; `lenient` is for one that takes any option, and starts what is named behind. Under a name that `world` does not list
// it is uWSGI (so that a copy of it is, too), which appends one line to `log`:
//   `limit N`   starts, under this limit of its own or of the shell's
//   `unlimited` starts, under the limit that the container was given
//   `refuses`   exits for an option that it does not know
// With an option that makes uWSGI a helper (`--version`) it appends nothing.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char folder[PATH_MAX], sandbox[PATH_MAX];
/// The name of this program's file: `argv[0]` may be anything.
static const char *name;
static char world[1 << 14];

/// Finds the sandbox by the program's own place, as a script may have cleared the environment and changed the folder.
static bool find_sandbox(void) {
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (length < 0) return false;
    folder[length] = 0;
    char *slash = strrchr(folder, '/');
    if (!slash) return false;
    *slash = 0;
    name = slash + 1;
    strcpy(sandbox, folder);
    slash = strrchr(sandbox, '/');
    if (!slash) return false;
    *slash = 0;
    // A copy may lie in a folder of the script's own.
    int file = -1;
    while (file < 0) {
        char path[PATH_MAX + 16];
        snprintf(path, sizeof path, "%s/world", sandbox);
        file = open(path, O_RDONLY | O_CLOEXEC);
        slash = strrchr(sandbox, '/');
        if (file < 0 && (!slash || slash == sandbox)) return false;
        if (file < 0) *slash = 0;
    }
    ssize_t count = read(file, world, sizeof world - 1);
    close(file);
    return count > 0;
}

/// The rest of the line of `world` that begins with `wanted`.
static const char *entry(const char *wanted) {
    size_t length = strlen(wanted);
    for (const char *line = world; *line; line++) {
        if (!strncmp(line, wanted, length) && line[length] == ' ') return line + length + 1;
        line = strchr(line, '\n');
        if (!line) break;
    }
    return NULL;
}

// MARK: Other programs

/// `which`: the path of a program in the only folder of PATH that there is.
static int print_path(const char *program) {
    char path[PATH_MAX + 300];
    snprintf(path, sizeof path, "%s/%s", folder, program);
    return access(path, X_OK) || puts(path) < 0;
}

/// Puts uWSGI, which is any copy of this program, where `PATH` leads to last.
static int install(void) {
    char own[PATH_MAX + 300], path[PATH_MAX + 32];
    snprintf(own, sizeof own, "%s/%s", folder, name);
    snprintf(path, sizeof path, "%s/installed/uwsgi", sandbox);
    return link(own, path) && errno != EEXIST;
}

/// As `env` and its like, but for options that they do not know.
static int start_behind_options(char **argument) {
    for (; *argument; argument++) {
        if (**argument == '-') continue;
        if (!strchr(*argument, '=')) break;
        if (putenv(*argument)) return 125;
    }
    if (!*argument) return 0;
    execvp(*argument, argument);
    return 127;
}

static int behave(const char *how) {
    int status = *how == '0' || *how == 'h' ? 0 : 1;
    if (!strncmp(how, "once", 4)) {
        char path[PATH_MAX + 300];
        snprintf(path, sizeof path, "%s/met/%s", sandbox, name);
        int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        status = file >= 0 ? 1 : 0;
        if (file >= 0) close(file);
    }
    const char *end = strchr(how, '\n'), *output = strchr(how, ' ');
    if (!status && output && end && output < end)
        if (write(1, output + 1, (size_t)(end - output)) < 0) return 1;
    return status;
}

// MARK: uWSGI

struct option {
    const char *name;
    char letter;
    bool has_value;
};

static const struct option options[] = {
    {"max-fd", 0, true},     {"set", 'S', true},       {"http-socket", 0, true},    {"http", 0, true},
    {"socket", 's', true},   {"ini", 0, true},         {"processes", 'p', true},    {"env", 0, true},
    {"module", 'w', true},   {"if-env", 0, true},      {"if-not-env", 0, true},     {"endif", 0, false},
    {"end-if", 0, false},    {"master", 'M', false},   {"enable-threads", 'T', false}, {"version", 0, false},
    {"stop", 0, true},
};

static long requested;
static bool refuses, helps, skips;

/// As uWSGI's `uwsgi_opt_set_int`: `atoi`, and no start with a negative number.
static void request(const char *value) {
    long long number = strtoll(value, NULL, 10);
    if (number < 0 || number > INT_MAX) refuses = true;
    else requested = (long)number;
}

static void apply(const char *option, const char *value) {
    if (!strcmp(option, "endif") || !strcmp(option, "end-if")) skips = false;
    else if (skips) return;
    else if (!strcmp(option, "if-env")) skips = !getenv(value);
    else if (!strcmp(option, "if-not-env")) skips = getenv(value) != NULL;
    else if (!strcmp(option, "max-fd")) request(value);
    else if (!strcmp(option, "set") && !strncmp(value, "max-fd=", 7)) request(value + 7);
    else if (!strcmp(option, "version") || !strcmp(option, "stop")) helps = true;
}

static const struct option *option_named(const char *long_name, size_t length) {
    for (size_t index = 0; index < sizeof options / sizeof *options; index++)
        if (strlen(options[index].name) == length && !strncmp(options[index].name, long_name, length))
            return &options[index];
    return NULL;
}

static const struct option *option_lettered(char letter) {
    for (size_t index = 0; index < sizeof options / sizeof *options; index++)
        if (options[index].letter == letter) return &options[index];
    return NULL;
}

/// Reads the command line as `getopt_long` does for uWSGI.
static void read_arguments(char **argument) {
    while (*argument && !refuses) {
        char *word = *argument++;
        if (word[0] != '-' || !word[1]) continue;
        if (word[1] == '-') {
            size_t length = strcspn(word + 2, "=");
            const struct option *found = option_named(word + 2, length);
            char *value = word[2 + length] ? word + 3 + length : NULL;
            if (!found || (value && !found->has_value)) refuses = true;
            else if (found->has_value && !value && !(value = *argument)) refuses = true;
            else {
                if (found->has_value && value == *argument) argument++;
                apply(found->name, value);
            }
            continue;
        }
        for (char *letter = word + 1; *letter && !refuses; letter++) {
            const struct option *found = option_lettered(*letter);
            if (!found) refuses = true;
            else if (!found->has_value) apply(found->name, NULL);
            else {
                char *value = letter[1] ? letter + 1 : *argument ? *argument++ : NULL;
                if (value) apply(found->name, value);
                else refuses = true;
                break;
            }
        }
    }
}

static int serve(char **argv) {
    const char *value = getenv("UWSGI_MAX_FD");
    if (value) request(value);
    if (argv[0]) read_arguments(argv + 1);
    if (helps) return 0;
    struct rlimit limit;
    const char *base = entry("base");
    if (getrlimit(RLIMIT_NOFILE, &limit) || !base) return 1;
    char line[64];
    if (refuses) snprintf(line, sizeof line, "refuses\n");
    else if (requested) snprintf(line, sizeof line, "limit %ld\n", requested);
    else if (limit.rlim_cur != strtoul(base, NULL, 10))
        snprintf(line, sizeof line, "limit %lu\n", (unsigned long)limit.rlim_cur);
    else snprintf(line, sizeof line, "unlimited\n");
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/log", sandbox);
    int log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log < 0) return 1;
    ssize_t written = write(log, line, strlen(line));
    close(log);
    const char *how = entry("server");
    return written < 0 || refuses || (how && *how != '0');
}

int main(int argc, char **argv) {
    if (!find_sandbox()) return 127;
    const char *how = entry(name);
    if (!how || !strcmp(name, "base")) return serve(argv);
    if (!strcmp(name, "which") && *how == '0' && argc > 1) return print_path(argv[1]);
    if (!strncmp(how, "installs", 8)) return install();
    if (!strncmp(how, "lenient", 7)) return start_behind_options(argv + 1);
    if (!strncmp(how, "feeds", 5) || (!strncmp(how, "hands", 5) && argc == 1)) {
        execlp("sh", "sh", "-s", (char *)NULL);
        return 127;
    }
    if (!strncmp(how, "hands", 5) && argc > 1 && argv[1][0] != '-') {
        execvp(argv[1], argv + 1);
        return 127;
    }
    return behave(how);
}
