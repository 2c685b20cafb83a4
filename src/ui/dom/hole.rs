//! What fills the holes of a shape.

use super::shape;
use crate::cluster::ClientId;
use crate::raft::{NodeId, Term};
use std::rc::Rc;
use yew::prelude::*;
use yew::virtual_dom::{Key, Listener, VText};

/// What fills one hole.
pub(super) enum Hole {
    /// An attribute that is not there.
    Nothing,
    /// The value of an attribute.
    Text(AttrValue),
    /// Whether an attribute is there that has no value, and the state of a box.
    Flag(bool),
    /// The handler of an event.
    Listener(Rc<dyn Listener>),
    /// The key of an element in a list.
    Key(Key),
    /// Where the element in the document is kept.
    Ref(NodeRef),
    /// A child.
    Child(Html),
    /// Some children.
    Children(Vec<Html>),
}

/// What fills the holes of a shape, in their order.
#[derive(Default)]
pub struct Holes(Vec<Hole>);

// None of these is written out where it is called: that is what makes the page light.
impl Holes {
    /// The shape with its holes filled.
    #[inline(never)]
    pub fn html(self, shape: &'static [u8]) -> Html {
        shape::filled(shape, self.0)
    }

    /// Fills the next hole with the value of an attribute.
    #[inline(never)]
    pub fn attribute(&mut self, value: impl Attribute) {
        self.push(value.hole());
    }

    /// Fills the next hole with a child, or several.
    #[inline(never)]
    pub fn child(&mut self, child: impl Child) {
        self.push(child.hole());
    }

    /// Fills the next hole with children.
    pub fn children<C: Into<Html>>(&mut self, children: impl IntoIterator<Item = C>) {
        self.push(Hole::Children(
            children.into_iter().map(Into::into).collect(),
        ));
    }

    /// Fills the next hole with the handler of an event.
    #[inline(never)]
    pub fn listen(&mut self, listener: Rc<dyn Listener>) {
        self.push(Hole::Listener(listener));
    }

    /// Fills the next hole with the key of an element in a list.
    #[inline(never)]
    pub fn key(&mut self, key: impl Into<Key>) {
        self.push(Hole::Key(key.into()));
    }

    /// Fills the next hole with the place where the element in the document is kept.
    #[inline(never)]
    pub fn node_ref(&mut self, node: NodeRef) {
        self.push(Hole::Ref(node));
    }

    #[inline(never)]
    fn push(&mut self, hole: Hole) {
        self.0.push(hole);
    }
}

/// The value of an attribute.
pub trait Attribute {
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "nobody but Holes calls it")]
    fn hole(self) -> Hole;
}

/// A child of an element.
pub trait Child {
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "nobody but Holes calls it")]
    fn hole(self) -> Hole;
}

/// A text is both the value of an attribute and a child.
fn attribute(text: impl Into<AttrValue>) -> Hole {
    Hole::Text(text.into())
}

fn child(text: impl Into<AttrValue>) -> Hole {
    Hole::Child(VText::new(text.into()).into())
}

fn said(value: impl ToString) -> Hole {
    attribute(value.to_string())
}

fn shown(value: impl ToString) -> Hole {
    child(value.to_string())
}

macro_rules! holes {
    ($($of:ident for $type:ty = $hole:expr;)*) => {$(
        #[expect(private_interfaces, reason = "nobody but Holes calls it")]
        impl $of for $type {
            fn hole(self) -> Hole {
                $hole(self)
            }
        }
    )*};
}

holes! {
    Attribute for &'static str = |text| attribute(AttrValue::Static(text));
    Attribute for String = attribute;
    Attribute for AttrValue = attribute;
    Attribute for NodeId = said;
    Attribute for Term = said;
    Attribute for ClientId = said;
    Attribute for i32 = said;
    Attribute for u32 = said;
    Attribute for u64 = said;
    Attribute for usize = said;
    Attribute for char = said;
    Attribute for bool = Hole::Flag;
    Child for &'static str = |text| child(AttrValue::Static(text));
    Child for String = child;
    Child for AttrValue = child;
    Child for u64 = shown;
    Child for usize = shown;
    Child for char = shown;
    Child for Html = Hole::Child;
    Child for Vec<Html> = Hole::Children;
}

#[expect(private_interfaces, reason = "nobody but Holes calls it")]
impl<A: Attribute> Attribute for Option<A> {
    fn hole(self) -> Hole {
        self.map_or(Hole::Nothing, Attribute::hole)
    }
}

#[expect(private_interfaces, reason = "nobody but Holes calls it")]
impl<C: Into<Html>> Child for Option<C> {
    fn hole(self) -> Hole {
        Hole::Children(self.into_iter().map(Into::into).collect())
    }
}
