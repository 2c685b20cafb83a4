//! What each fault means, in the world that the page and the scripts use: one test per meaning.

mod disk;
mod network;
mod process;
mod support;
mod timed;
