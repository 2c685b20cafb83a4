//! Saved sessions as text: links, codes for the browser's storage, files.
//!
//! What is written here is read by every later version, so nothing of it is derived from the types
//! that the program works with. The types of this module have numbered fields, and they change by
//! addition only; `docs/recording.md` is the specification.
//!
//! - A **code** is for machines: numbered fields (Protocol Buffers), compressed, with a checksum,
//!   in letters that are safe in a link. See [`code`].
//! - A **file** is a few words for whoever opens it in an editor, and the link.
//!
//! Whatever is read may come from anywhere. [`Saved::from_text`] takes time and memory in
//! proportion to a text of bounded length, and gives a reason for what it refuses. What the session
//! claims about itself is checked later, when it is replayed.

mod action;
mod code;
mod coder;
mod error;
mod links;
mod options;

pub use error::OpenError;

use super::saved::Saved;

/// The version of everything that is written.
pub const FORMAT_VERSION: u32 = 1;

/// The longest text that is looked at, in bytes.
pub const MAX_TEXT: usize = 16 * 1024 * 1024;

/// The longest code that is made into a link, in characters. Browsers take longer ones, but much
/// else that passes links on does not.
pub const MAX_LINK: usize = 30_000;

/// What a link to a session has behind its `#`, before the code.
const LINK_KEY: &str = "r=";

impl Saved {
    /// The session as a code: letters, digits, `-` and `_`.
    pub fn to_code(&self) -> String {
        code::write(self)
    }

    /// The session as the fragment of a link: `#r=…`.
    ///
    /// # Errors
    /// A session that is too long for a link.
    pub fn to_link(&self) -> Result<String, OpenError> {
        let code = self.to_code();
        if code.len() > MAX_LINK {
            return Err(OpenError::TooLongForALink(code.len()));
        }
        Ok(format!("#{LINK_KEY}{code}"))
    }

    /// The session as the text of a file: what it is, and its link, however long.
    pub fn to_file(&self) -> String {
        let actions = self.branches.iter().map(|branch| branch.actions.len());
        format!(
            "quorum recording, version {FORMAT_VERSION}\n\
             members: {}, seed: {}, branches: {}, actions: {}\n\
             Open this file on the page of Quorum, or put what follows behind the page's address.\n\
             #{LINK_KEY}{}\n",
            self.options.members,
            self.seed,
            self.branches.len(),
            actions.sum::<usize>(),
            self.to_code()
        )
    }

    /// Reads a session from whatever it was written to: a code, a link (the whole of it, or what
    /// follows the `#`), or a file.
    ///
    /// # Errors
    /// Text that is none of these, and why.
    pub fn from_text(text: &str) -> Result<Saved, OpenError> {
        if text.len() > MAX_TEXT {
            return Err(OpenError::TooLong);
        }
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(OpenError::Empty);
        }
        let fragment = text.rsplit_once('#').map_or(text, |(_, fragment)| fragment);
        let mut fields = fragment.split('&');
        let named = fields.find_map(|field| field.strip_prefix(LINK_KEY));
        code::read(named.unwrap_or(fragment))
    }
}
