// Counts what the process allocates, so that a benchmark can say how often a piece of work does.
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdint.h>

typedef struct {
    /// Calls of malloc and its like, by all threads since the start.
    uint64_t calls;
    /// The bytes that these calls asked for.
    uint64_t bytes;
} allocations_total;

allocations_total allocations_so_far(void);

#endif
