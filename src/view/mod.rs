//! What is drawn, as plain data: frames, rows, sentences, labels, geometry.
//!
//! [`frame`] reads a session and returns a [`Frame`]; whoever draws it needs nothing else. The
//! words are those of the Raft paper and of etcd.

pub mod checks;
pub mod clients;
mod compose;
pub mod deeds;
mod describe;
mod frame;
pub mod geometry;
pub mod keys;
mod labels;
mod log_matrix;
mod machine;
mod message_fields;
mod outlook;
mod phrase;
pub mod planner;
pub mod real;
pub mod rules;
pub mod scenario;
mod sentence;
pub mod sequence;
pub mod settings;
pub mod timeline;
#[cfg(test)]
mod trial;
pub mod wall;
pub mod why;

pub use compose::{LOG_COLUMNS, frame, operation_view};
pub use describe::{Described, describe, plain};
pub use frame::*;
pub use labels::{
    MessageLabel, address_name, client_name, command_line, entry_label, message_label,
    packet_label, refusal_words, response_lines, text,
};
pub use log_matrix::log_matrix;
pub use message_fields::{MessageState, MessageView, message_view};
pub use outlook::{Outlook, outlook};
pub use phrase::{phrase, word};
