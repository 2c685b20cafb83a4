//! Quorum without a browser: see [`quorum::headless`].

/// A world makes some small things for each message and drops them soon after. The allocator of glibc takes a fifth of a
/// run for that, this one half as much, so that chaos runs too get through more seeds.
#[cfg(not(target_arch = "wasm32"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    quorum::headless::main()
}

/// There is no command line in a browser; `cargo test` for it builds this program all the same.
#[cfg(target_arch = "wasm32")]
fn main() {}
