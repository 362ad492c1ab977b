// Runs one command line after the other in a folder of its own, each to the end of its last descendant.
//
//     soundness-sandbox FOLDER LIMIT
//
// FOLDER holds `bin`, which is to be the only folder in PATH. LIMIT is that of file descriptors, soft and hard.
// A job comes on standard input: its length as four bytes in the machine's order, then strings that end in NUL:
// the milliseconds that it may take; how many words, and the words; how many variables, and the variables; how many
// files, and for each its path, mode in octal and text (`.input` is what the command line reads); the text of `world` (stand_in.c).
// The answer has a length too: `ended` or `timed out` and a line's end, then what the stand-in for uWSGI has logged.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most_words = 256, most_bytes = 1 << 20, most_logged = 1 << 16 };

static char job[most_bytes + 1];
static char *next, *job_end;
static rlim_t descriptors;
/// A folder of programs, by its whole path.
static char programs[4096];

static _Noreturn void fail(const char *what) {
    perror(what);
    exit(1);
}

static bool transfer(int file, void *bytes, size_t count, bool writes) {
    char *at = bytes;
    while (count) {
        ssize_t done = writes ? write(file, at, count) : read(file, at, count);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        at += done;
        count -= (size_t)done;
    }
    return true;
}

// MARK: A job's fields

static char *text(void) {
    if (next >= job_end) fail("job too short");
    char *start = next;
    next += strlen(next) + 1;
    return start;
}

static int number(int base) { return (int)strtol(text(), NULL, base); }

static void read_list(char **list) {
    int count = number(10);
    if (count < 0 || count >= most_words) fail("too many words");
    for (int index = 0; index < count; index++) list[index] = text();
    list[count] = NULL;
}

// MARK: The folder

/// Removes what a folder holds.
static void empty(int folder, int depth) {
    DIR *list = fdopendir(folder);
    if (!list) fail("fdopendir");
    for (struct dirent *item; (item = readdir(list));) {
        if (!strcmp(item->d_name, ".") || !strcmp(item->d_name, "..")) continue;
        if (!unlinkat(dirfd(list), item->d_name, 0)) continue;
        int below = openat(dirfd(list), item->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below < 0 || depth > 16) continue;
        empty(below, depth + 1);
        unlinkat(dirfd(list), item->d_name, AT_REMOVEDIR);
    }
    closedir(list);
}

static void empty_folder(const char *path) {
    if (mkdir(path, 0700) == 0) return;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) fail(path);
    empty(folder, 0);
}

static void write_file(const char *path, mode_t mode, const char *content) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0 || !transfer(file, (char *)content, strlen(content), true)) fail(path);
    close(file);
}

/// So that a script can call a program by a path that is the same in each of its folders: `bin/uwsgi`, and what comes of
/// it where it is appended to a word.
static void link_programs(const char *folder) {
    static const char *const names[] = {"bin", "uwsgibin", "celerybin", "webbin"};
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        char path[520];
        snprintf(path, sizeof path, "%s/%s", folder, names[index]);
        if (symlink(programs, path)) fail(path);
    }
}

/// A path that ends in a slash is a folder.
static void make_files(void) {
    empty_folder("work");
    empty_folder("met");
    empty_folder("installed");
    unlink("log");
    link_programs("work");
    for (int count = number(10); count > 0; count--) {
        char path[512];
        snprintf(path, sizeof path, "work/%s", text());
        mode_t mode = (mode_t)number(8);
        const char *content = text();
        if (path[strlen(path) - 1] == '/') {
            mkdir(path, 0700);
            link_programs(path);
        } else write_file(path, mode, content);
    }
    write_file("world", 0600, text());
}

// MARK: Processes

static void limit(int what, rlim_t most) {
    struct rlimit value = {most, most};
    if (setrlimit(what, &value)) fail("setrlimit");
}

static _Noreturn void become(char **words, char **variables) {
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDWR);
    if (chdir("work") || nothing < 0) fail("work");
    int input = open(".input", O_RDONLY);
    dup2(input < 0 ? nothing : input, 0);
    if (input > 2) close(input);
    for (int file = 1; file < 3; file++) dup2(nothing, file);
    if (nothing > 2) close(nothing);
    limit(RLIMIT_NOFILE, descriptors);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 1 << 20);
    limit(RLIMIT_CPU, 2);
    limit(RLIMIT_AS, 512 << 20);
    if (words[0]) execve(words[0], words, variables);
    _exit(127);
}

static long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/// Ends every process that descends from this one: orphans come back to it, as it is a subreaper.
static void kill_descendants(pid_t group) {
    kill(-group, SIGKILL);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    for (;;) {
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
        FILE *children = fopen(path, "re");
        if (!children) fail(path);
        int child, count = 0;
        while (fscanf(children, "%d", &child) == 1) {
            kill(child, SIGKILL);
            count++;
        }
        fclose(children);
        if (!count) return;
        usleep(200);
    }
}

/// - Returns: whether the last descendant had ended before the time was over.
static bool wait_for_all(pid_t group, long limit) {
    long deadline = milliseconds() + limit;
    sigset_t child_ended;
    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    for (;;) {
        pid_t ended;
        while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) {}
        if (ended < 0 && errno == ECHILD) return true;
        long left = deadline - milliseconds();
        if (left <= 0) break;
        struct timespec time = {left / 1000, left % 1000 * 1000000};
        sigtimedwait(&child_ended, NULL, &time);
    }
    kill_descendants(group);
    return false;
}

// MARK: Jobs

static bool run(long time_limit) {
    static char *words[most_words], *variables[most_words];
    read_list(words);
    read_list(variables);
    make_files();
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (!child) become(words, variables);
    setpgid(child, child);
    return wait_for_all(child, time_limit);
}

static void answer(bool has_ended) {
    static char reply[4 + 16 + most_logged];
    size_t length = (size_t)sprintf(reply + 4, "%s\n", has_ended ? "ended" : "timed out");
    int log = open("log", O_RDONLY | O_CLOEXEC);
    if (log >= 0) {
        ssize_t count = read(log, reply + 4 + length, most_logged);
        close(log);
        if (count > 0) length += (size_t)count;
    }
    uint32_t header = (uint32_t)length;
    memcpy(reply, &header, 4);
    if (!transfer(1, reply, 4 + length, true)) fail("answer");
}

int main(int argc, char **argv) {
    if (argc != 3 || chdir(argv[1])) fail("usage: soundness-sandbox FOLDER LIMIT");
    descriptors = strtoul(argv[2], NULL, 10);
    if (!realpath("bin-dash", programs)) fail("bin-dash");
    sigset_t child_ended;
    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_ended, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    uint32_t length;
    while (transfer(0, &length, 4, false)) {
        if (length > most_bytes || !transfer(0, job, length, false)) fail("job");
        job[length] = 0;
        next = job;
        job_end = job + length;
        long time_limit = number(10);
        answer(run(time_limit));
    }
    return 0;
}
