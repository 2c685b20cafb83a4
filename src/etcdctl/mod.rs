//! `etcdctl` as it is typed in a shell: from lines to programs of a client, and from what these say
//! to text.
//!
//! Pure: it holds no world and knows no clock. [`Shell`] takes lines; a command that has to ask the
//! cluster becomes a [`Process`], whose programs ([`Program`](crate::cluster::Program)) somebody
//! else runs and whose events are handed back to it. Words, order and exit codes are those of
//! etcdctl 3.5.16; the help is our own.

mod cobra;
mod complete;
mod env;
mod flags;
mod go;
mod help;
mod input;
mod json;
mod output;
mod process;
mod shell;
mod show;
mod table;
mod task;
mod v2;
mod v3;
mod view;
mod words;
mod writer;

pub use complete::Completion;
pub use env::Env;
pub use output::{Output, Stream};
pub use process::{Process, Reaction, is_set_up, was_killed};
pub use shell::{Entered, Shell};
pub use view::SavedFile;
