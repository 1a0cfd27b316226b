//! How glibc's allocator keeps memory that was given back. It learns from the first large buffer that is freed to take
//! the next ones from its arenas, where what is freed stays: a processor, whose columns grow to megabytes and go as one,
//! then holds nearly twice what it uses.

/// Buffers from this size on come from the kernel, grow in place there, and go back to it when they are freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 256 << 10;
/// Arenas: each keeps its own freed memory, and by default there are eight for each core.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const ARENAS: libc::c_int = 2;

/// Has large buffers given back to the kernel as soon as they are freed. To be called once, when the process starts;
/// changes nothing where the allocator is not glibc's. An allocator that refuses goes on as it was.
pub fn return_large_buffers() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    for (option, value) in [(libc::M_MMAP_THRESHOLD, LARGE), (libc::M_ARENA_MAX, ARENAS)] {
        // SAFETY: mallopt takes two numbers, holds the allocator's own lock, and touches no memory of ours.
        unsafe {
            libc::mallopt(option, value);
        }
    }
}
