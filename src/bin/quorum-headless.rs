//! Quorum without a browser.
fn main() {}
