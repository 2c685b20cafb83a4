//! The simulated world that knows nothing of Raft: virtual time, a queue of events, a network,
//! disks and clocks, generic over what they carry.
//!
//! Nothing here runs by itself. Whoever owns the parts asks them what happens when, puts that into
//! the [`EventQueue`], and takes it out again: see `cluster::World`. Randomness comes from seeded
//! generators only, a separate stream for each link and each disk; probabilities are whole numbers
//! of parts per million.

mod clock;
mod disk;
mod layers;
mod link;
mod network;
mod queue;
mod random;
mod small_map;
mod time;
mod wal;

pub use clock::{Clock, ClockRate};
pub use disk::{Disk, DiskOptions, WriteTimes};
pub use layers::{Change, FaultId, Layered};
pub use link::{Link, LinkChange, LinkOptions, LinkSettings, LinkVerdict, PPM};
pub use network::{Departure, Flight, FlightId, HeldBy, Hold, Network};
pub use queue::{EventKey, EventQueue};
pub use random::stream;
pub use small_map::SmallMap;
pub use time::SimTime;
pub use wal::{Damage, Wal, WalEnd};
