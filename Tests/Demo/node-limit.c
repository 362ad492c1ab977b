// A node's limit on open files, for a process that runs on another node.
//
// Whether a container may open 2^10 or 2^30 files is settled by its node: the kernel's fs.nr_open, the container
// runtime's LimitNOFILE. A demonstration cannot change them on the machine that it visits, and need not: uWSGI learns
// of the limit by getrlimit(2) alone. This library answers that call, and setrlimit(2) and prlimit(2), with the
// hard and soft limit in the environment variable DEMO_NOFILE:
//
//     clang -shared -fPIC -o node-limit.so node-limit.c
//     LD_PRELOAD=./node-limit.so DEMO_NOFILE=134217728 uwsgi …
//
// Only the number is invented. What uWSGI does about it, the memory that it fills and the time that takes, is real.
//
// The limit starts anew in a program that the process executes; children by fork(2) inherit it, as from the kernel.

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// glibc has each function twice, and programs call either, so both must take the same memory for a limit.
_Static_assert(sizeof(struct rlimit) == sizeof(struct rlimit64), "needs a platform of 64 bits");

static struct rlimit64 open_files;

__attribute__((constructor)) static void read_limit_of_node(void) {
    const char *text = getenv("DEMO_NOFILE");
    char *end = NULL;
    rlim64_t limit = text == NULL ? 0 : strtoull(text, &end, 10);
    if (limit == 0 || *end != '\0') {
        fprintf(stderr, "node-limit: DEMO_NOFILE must be a whole number above 0\n");
        _exit(2);
    }
    // Container runtimes set both: a process in a container starts at the node's hard limit.
    open_files.rlim_cur = limit;
    open_files.rlim_max = limit;
}

// The system call, past glibc's functions of that name, which are those below.
static int kernel_limit(pid_t pid, int resource, const struct rlimit64 *wanted, struct rlimit64 *before) {
    return (int)syscall(SYS_prlimit64, pid, resource, wanted, before);
}

static rlim64_t smaller(rlim64_t a, rlim64_t b) {
    return a < b ? a : b;
}

// The true limit follows downwards, so that a process that lowers its limit does meet it; it cannot follow upwards
// beyond what this machine allows.
static int lower_true_limit(const struct rlimit64 *wanted) {
    struct rlimit64 true_limit;
    if (kernel_limit(0, RLIMIT_NOFILE, NULL, &true_limit) != 0) {
        return -1;
    }
    true_limit.rlim_max = smaller(true_limit.rlim_max, wanted->rlim_max);
    true_limit.rlim_cur = smaller(true_limit.rlim_max, wanted->rlim_cur);
    return kernel_limit(0, RLIMIT_NOFILE, &true_limit, NULL);
}

// prlimit(2) as in a container without CAP_SYS_RESOURCE, which is the default of containerd and CRI-O: the hard limit
// can be lowered, and never raised again. Not safe from several threads at once; uWSGI sets its limit before it has any.
static int limit(pid_t pid, int resource, const struct rlimit64 *wanted, struct rlimit64 *before) {
    if (resource != RLIMIT_NOFILE || (pid != 0 && pid != getpid())) {
        return kernel_limit(pid, resource, wanted, before);
    }
    struct rlimit64 old = open_files;
    if (wanted != NULL) {
        if (wanted->rlim_cur > wanted->rlim_max) {
            errno = EINVAL;
            return -1;
        }
        if (wanted->rlim_max > open_files.rlim_max) {
            errno = EPERM;
            return -1;
        }
        if (lower_true_limit(wanted) != 0) {
            return -1;
        }
        open_files = *wanted;
    }
    if (before != NULL) {
        *before = old;
    }
    return 0;
}

int getrlimit64(__rlimit_resource_t resource, struct rlimit64 *current) {
    return limit(0, (int)resource, NULL, current);
}

int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *wanted) {
    return limit(0, (int)resource, wanted, NULL);
}

int prlimit64(
    pid_t pid, enum __rlimit_resource resource, const struct rlimit64 *wanted, struct rlimit64 *before) {
    return limit(pid, (int)resource, wanted, before);
}

int getrlimit(__rlimit_resource_t resource, struct rlimit *current) {
    return getrlimit64(resource, (struct rlimit64 *)current);
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *wanted) {
    return setrlimit64(resource, (const struct rlimit64 *)wanted);
}

int prlimit(pid_t pid, enum __rlimit_resource resource, const struct rlimit *wanted, struct rlimit *before) {
    return prlimit64(pid, resource, (const struct rlimit64 *)wanted, (struct rlimit64 *)before);
}
