//! Quorum without a browser: see [`quorum::headless`].

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    quorum::headless::main()
}

/// There is no command line in a browser; `cargo test` for it builds this program all the same.
#[cfg(target_arch = "wasm32")]
fn main() {}
