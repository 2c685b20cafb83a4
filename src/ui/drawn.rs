//! Parts of the page that are drawn again only when they changed.
//!
//! A part is plain data with a function that draws it. All parts share one Yew component: a
//! component of its own for each of them would add several kilobytes to the page every time.

use std::any::Any;
use std::rc::Rc;
use yew::prelude::*;
use yew::virtual_dom::{Key, VComp};

/// Something that can be drawn, and compared with what was drawn before.
pub trait Part: PartialEq + 'static {
    /// Draws it.
    fn view(&self) -> Html;
}

trait AnyPart: Any {
    fn view(&self) -> Html;
    fn is_same(&self, other: &dyn AnyPart) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<P: Part> AnyPart for P {
    fn view(&self) -> Html {
        Part::view(self)
    }

    fn is_same(&self, other: &dyn AnyPart) -> bool {
        other.as_any().downcast_ref::<P>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Properties)]
struct DrawnProps {
    part: Rc<dyn AnyPart>,
}

impl PartialEq for DrawnProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.part, &other.part) || self.part.is_same(&*other.part)
    }
}

struct Drawn;

impl Component for Drawn {
    type Message = ();
    type Properties = DrawnProps;

    fn create(_: &Context<Self>) -> Self {
        Drawn
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        ctx.props().part.view()
    }
}

fn component(part: Rc<dyn AnyPart>, key: Option<Key>) -> Html {
    VComp::new::<Drawn>(Rc::new(DrawnProps { part }), key).into()
}

/// The part in its place.
pub fn drawn(part: impl Part) -> Html {
    component(Rc::new(part), None)
}

/// The part in a list, with a key that stays with it.
pub fn drawn_as(key: u64, part: impl Part) -> Html {
    component(Rc::new(part), Some(Key::from(key)))
}
