//! What the protocol and the store both need: containers that know nothing of either.

mod shared_vec;

pub use shared_vec::SharedVec;
