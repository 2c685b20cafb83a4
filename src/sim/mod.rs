//! The simulated world that knows nothing of Raft: virtual time, a queue of events, a network and
//! disks, generic over what they carry.
//!
//! Nothing here runs by itself. Whoever owns the parts asks them what happens when, puts that into
//! the [`EventQueue`], and takes it out again: see `cluster::World`. Randomness comes from seeded
//! generators only, a separate stream for each link and each disk.

mod disk;
mod network;
mod queue;
mod random;
mod time;

pub use disk::{Disk, DiskOptions};
pub use network::{Flight, FlightId, LinkOptions, LinkState, Network};
pub use queue::{EventKey, EventQueue};
pub use random::stream;
pub use time::SimTime;
