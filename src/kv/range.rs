//! Ranges of keys.

use bytes::Bytes;
use std::ops::Bound;

/// Where a range begins and ends.
pub type Bounds<'a> = (Bound<&'a [u8]>, Bound<&'a [u8]>);

/// The keys from a first one to an end, as etcd's requests name them.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct KeyRange {
    /// The first key.
    pub key: Bytes,
    /// The end of the range, itself excluded: nothing for the one key, a single zero byte for all
    /// keys from `key` on.
    pub range_end: Bytes,
}

impl KeyRange {
    /// From `key` to `range_end`.
    pub fn new(key: &Bytes, range_end: &Bytes) -> KeyRange {
        KeyRange {
            key: key.clone(),
            range_end: range_end.clone(),
        }
    }

    /// The keys that begin with this; all for nothing.
    pub fn prefix(prefix: impl Into<Bytes>) -> KeyRange {
        let prefix = prefix.into();
        if prefix.is_empty() {
            let zero = Bytes::from_static(&[0]);
            return KeyRange::new(&zero, &zero);
        }
        KeyRange {
            range_end: prefix_end(&prefix),
            key: prefix,
        }
    }

    /// Whether it is one key, there or not.
    pub fn is_point(&self) -> bool {
        self.range_end.is_empty()
    }

    /// Whether it has no end.
    pub fn is_open(&self) -> bool {
        self.range_end[..] == [0]
    }

    /// Whether the key is in it.
    pub fn contains(&self, key: &[u8]) -> bool {
        if self.is_point() {
            return self.key == key;
        }
        key >= &self.key[..] && (self.is_open() || key < &self.range_end[..])
    }

    /// The bounds of the range; `None` for one that ends before it begins.
    pub fn bounds(&self) -> Option<Bounds<'_>> {
        let end = match self {
            _ if self.is_point() => Bound::Included(&self.key[..]),
            _ if self.is_open() => Bound::Unbounded,
            _ if self.range_end <= self.key => return None,
            _ => Bound::Excluded(&self.range_end[..]),
        };
        Some((Bound::Included(&self.key[..]), end))
    }
}

/// The end of the range of keys with a prefix: the prefix with its last byte one higher.
pub fn prefix_end(prefix: &[u8]) -> Bytes {
    match prefix.iter().rposition(|byte| *byte < 0xff) {
        Some(last) => {
            let mut end = prefix[..=last].to_vec();
            end[last] += 1;
            end.into()
        }
        None => Bytes::from_static(&[0]),
    }
}
