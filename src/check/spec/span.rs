//! Intervals of keys.

use bytes::Bytes;

/// All keys from one on, up to but not including another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The first key.
    pub start: Bytes,
    /// The first key beyond; `None` if there is no end.
    pub end: Option<Bytes>,
}

impl Span {
    /// One key alone.
    pub fn key(key: &Bytes) -> Span {
        let mut next = Vec::with_capacity(key.len() + 1);
        next.extend_from_slice(key);
        next.push(0);
        Span {
            start: key.clone(),
            end: Some(next.into()),
        }
    }

    /// A range as etcd writes it: without an end it is one key, and an end of one zero byte means
    /// that there is none.
    pub fn range(start: &Bytes, end: &Bytes) -> Span {
        if end.is_empty() {
            return Span::key(start);
        }
        Span {
            start: start.clone(),
            end: (end[..] != [0]).then(|| end.clone()),
        }
    }

    /// Whether it is one key alone.
    pub fn is_key(&self) -> bool {
        let end = self.end.as_ref();
        end.is_some_and(|end| end.strip_prefix(&self.start[..]) == Some(&[0]))
    }

    /// Whether the key is in it.
    pub fn contains(&self, key: &[u8]) -> bool {
        self.start <= key && !self.ends_before(key)
    }

    /// Whether the key lies beyond it.
    fn ends_before(&self, key: &[u8]) -> bool {
        self.end.as_ref().is_some_and(|end| end <= key)
    }

    /// Whether some key could be in both.
    pub fn overlaps(&self, other: &Span) -> bool {
        !self.ends_before(&other.start) && !other.ends_before(&self.start)
    }

    /// The smallest interval that holds both.
    pub fn join(&self, other: &Span) -> Span {
        let end = match (&self.end, &other.end) {
            (Some(one), Some(other)) => Some(one.max(other).clone()),
            _ => None,
        };
        Span {
            start: (&self.start).min(&other.start).clone(),
            end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: &'static str, end: &'static str) -> Span {
        Span::range(&start.into(), &end.into())
    }

    #[test]
    fn a_key_alone_is_not_the_next_one() {
        let span = range("a", "");
        assert!(span.is_key() && span.contains(b"a"));
        assert!(!span.contains(b"a\0") && !span.contains(b"b") && !span.contains(b""));
        assert!(!range("a", "b").is_key());
        assert!(!range("a", "\0").is_key());
    }

    #[test]
    fn ends_are_outside_and_a_zero_byte_means_no_end() {
        assert!(range("a", "c").contains(b"b\xff") && !range("a", "c").contains(b"c"));
        assert!(range("b", "\0").contains(b"\xff\xff") && !range("b", "\0").contains(b"a"));
    }

    #[test]
    fn neighbours_do_not_overlap() {
        assert!(!range("a", "b").overlaps(&range("b", "c")));
        assert!(!range("b", "c").overlaps(&range("a", "b")));
        assert!(range("a", "b\0").overlaps(&range("b", "c")));
        assert!(range("a", "\0").overlaps(&range("z", "")));
        assert!(!range("b", "\0").overlaps(&range("a", "")));
    }

    #[test]
    fn a_join_holds_both() {
        assert_eq!(range("a", "c").join(&range("b", "d")), range("a", "d"));
        assert_eq!(range("b", "\0").join(&range("a", "d")), range("a", "\0"));
    }
}
