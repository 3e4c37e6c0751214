import CMalloc

/// The memory that the C library keeps for whoever asks next.
enum HeapMemory {
    /// Gives what is free back to the system. Costs milliseconds.
    ///
    /// A cycle takes answers, tables and requests that nobody needs before the next one. glibc gives back the end of its heaps by
    /// itself, but not what lies below something that stays: half of a large estate's memory was free and never the same
    /// half, so the process grew although nothing was kept.
    static func giveBack() { malloc_trim(0) }
}
