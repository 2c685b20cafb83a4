//! Faults by hand: what is selected, what can be done to it, and the forms for that.
//!
//! What there is to do comes from [`crate::view::deeds`] as data; the parts here draw any of it.

mod bar;
mod client;
mod form;
mod link;
mod message;
mod network;
pub mod tools;

pub use bar::{bar, is_in_bar, target_name};
pub use client::client_page;
pub use form::form;
pub use link::link_page;
pub use message::message_page;
pub use network::{NetworkPage, faults};
