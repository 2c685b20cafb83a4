//! The page: starts the interface.

fn main() {
    quorum::ui::run();
}
