//! What several parts need: a list that is cheap to clone, and how numbers become bytes.

mod shared_vec;
pub mod varint;

pub use shared_vec::SharedVec;
