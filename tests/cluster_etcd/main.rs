//! Members and clients as etcd's: see `tests/README.md`.

mod leases;
mod loads;
mod logins;
mod members;
mod reads_and_writes;
mod retries;
mod snapshots;
mod storm;
mod support;
mod version_2;
mod watches;
