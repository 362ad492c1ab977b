import CMalloc

/// How the process's memory is taken from the system and given back.
///
/// Left alone, glibc raises the size from which it maps memory of its own with every large block that is freed, up to
/// 32 MiB, and keeps the blocks below it in the heaps of its arenas: a few large reviews then leave hundreds of megabytes
/// behind for good. Source: mallopt(3), `M_MMAP_THRESHOLD`.
enum Allocator {
    /// Fixes the sizes, for the whole process: to be called before there is any traffic.
    static func configure() {
        // Larger than anything that a review of the usual size takes, so that such a review makes no system call.
        mallopt(M_MMAP_THRESHOLD, 256 << 10)
        mallopt(M_TRIM_THRESHOLD, 1 << 20)
    }

    /// Gives back what is free in all arenas. It takes milliseconds after a large review, so not on an event loop.
    static func giveBack() {
        malloc_trim(0)
    }
}
