//! What is drawn, as plain data: frames, rows, sentences, labels, geometry.

mod frame;
pub mod geometry;
pub mod wall;

pub use frame::*;
