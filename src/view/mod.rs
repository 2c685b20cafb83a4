//! What is drawn, as plain data: frames, rows, sentences, labels, geometry.

mod frame;

pub use frame::*;
