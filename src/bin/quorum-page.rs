//! The page: starts the interface.
fn main() {}
