//! Why a text cannot be opened, in words for a person.

use super::MAX_LINK;
use thiserror::Error;

/// Why a text is not a session, or a session not a text. Nothing has changed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum OpenError {
    /// There is nothing.
    #[error("there is nothing to open: the link or file is empty")]
    Empty,
    /// It is longer than any recording.
    #[error("this is too long to be a recording")]
    TooLong,
    /// It is something else.
    #[error("this is not a recording of Quorum")]
    Foreign,
    /// Some of it is missing or changed.
    #[error(
        "this recording is damaged: a part of it is missing or changed; copy the whole link again"
    )]
    Damaged,
    /// It is of a later version.
    #[error(
        "this recording was made by a newer version of Quorum (format {0}): open it there, or reload this page to get the newest version"
    )]
    Newer(u32),
    /// It uses something that this version does not know.
    #[error(
        "this recording uses something that this version of Quorum does not know: open it with a newer version"
    )]
    Unknown,
    /// A value is impossible.
    #[error("this recording has an impossible value: {0}")]
    Value(&'static str),
    /// It cannot be put into a link.
    #[error(
        "this session is too long for a link ({0} characters, and {MAX_LINK} is the limit): save it as a file instead"
    )]
    TooLongForALink(usize),
}
