// What starting a program needs of glibc that Swift does not see: extensions for which _GNU_SOURCE must be defined.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

// A program to start. Nothing is kept of what it points to.
struct spawned_program {
    const char *path;
    char *const *arguments;
    char *const *environment;
    // Where it starts; the caller's own when null.
    const char *directory;
    // The descriptors that become its standard streams; it gets no others.
    int input, output, error;
    bool has_own_session;
};

// Starts it with the signals' defaults. Returns 0, or an error number.
int spawn_program(const struct spawned_program *program, pid_t *identifier);

// A pipe that no program inherits. Returns 0, or -1 and errno.
int make_pipe(int ends[2]);
