//! What the protocol, the store and recordings need: a container, and how numbers become bytes.

mod shared_vec;
pub mod varint;

pub use shared_vec::SharedVec;
