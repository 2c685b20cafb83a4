//! Members and clients as etcd's: see `tests/README.md`.

mod reads_and_writes;
mod support;
