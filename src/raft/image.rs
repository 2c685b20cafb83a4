//! The state machine in a snapshot, opaque to Raft.
//!
//! A state machine whose clones share their contents can give a copy of itself in no time, however much it holds. It
//! becomes bytes only where bytes are asked for: etcd, too, writes its database to the wire when a snapshot is sent, not
//! when one is taken.

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// A copy of a state machine that changes no more.
pub trait Frozen: Any + Send + Sync {
    /// It as bytes: equal states have equal bytes.
    fn bytes(&self) -> Bytes;
}

impl Frozen for Bytes {
    fn bytes(&self) -> Bytes {
        self.clone()
    }
}

/// The state machine in a snapshot. Two images are equal if their bytes are.
#[derive(Clone)]
pub struct Image(Arc<dyn Frozen>);

impl Image {
    /// The image that is this copy.
    pub fn of(state: impl Frozen) -> Image {
        Image(Arc::new(state))
    }

    /// It as bytes. That takes time in proportion to what the state machine holds.
    pub fn bytes(&self) -> Bytes {
        self.0.bytes()
    }

    /// The very copy that it was made of, if it is of this type. An image that was read from a disk is made of [`Bytes`].
    pub fn copy<T: Frozen>(&self) -> Option<&T> {
        (&*self.0 as &dyn Any).downcast_ref()
    }
}

impl Default for Image {
    fn default() -> Self {
        Image::of(Bytes::new())
    }
}

impl<T: Into<Bytes>> From<T> for Image {
    fn from(bytes: T) -> Self {
        Image::of(bytes.into())
    }
}

impl PartialEq for Image {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.bytes() == other.bytes()
    }
}

impl Eq for Image {}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().fmt(f)
    }
}

impl Serialize for Image {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        self.bytes().serialize(output)
    }
}

impl<'de> Deserialize<'de> for Image {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Bytes::deserialize(input).map(Image::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counted(u8);

    impl Frozen for Counted {
        fn bytes(&self) -> Bytes {
            assert_ne!(self.0, 0, "nobody asked for bytes");
            vec![self.0; 3].into()
        }
    }

    #[test]
    fn an_image_is_what_its_bytes_are() {
        let image = Image::of(Counted(7));
        let read: Image = postcard::from_bytes(&postcard::to_stdvec(&image).unwrap()).unwrap();
        assert_eq!(read, image);
        assert_eq!(read, Image::from(vec![7; 3]));
        assert_ne!(read, Image::of(Counted(8)));
        assert_eq!(image.copy::<Counted>().map(|state| state.0), Some(7));
        assert!(image.copy::<Bytes>().is_none() && read.copy::<Counted>().is_none());
        assert_eq!(Image::default().bytes(), Bytes::new());
    }

    #[test]
    fn copies_of_an_image_need_no_bytes() {
        let image = Image::of(Counted(0));
        assert_eq!(image.clone(), image);
    }
}
