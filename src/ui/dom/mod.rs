//! `html!`, as Yew's, but light.
//!
//! Yew's `html!` writes out the building of each element as code: with three hundred uses it was a quarter of the page.
//! This one keeps what never changes as a text (a *shape*), which is read once, and only puts what changes into its
//! *holes*:
//!
//! ```ignore
//! html! { <p class="note" title={title}>{say("write.value")}{more}</p> }
//! ```
//!
//! is the shape `<p class="note" title=○>write.value○</p>` with the holes `title` and `more`. What Yew gets in the end is
//! the same: lists of attributes that it compares by their address.
//!
//! What stands in a shape: tags, `<>…</>`, attributes and children that are literals or words by their key (`{say(…)}`).
//! What makes a hole: any other expression in braces, `{for iterator}`, `{name}` for `name={name}`,
//! `if condition {…} else {…}`. Not here: components (a function that returns `Html` stands in braces) and tags that are
//! computed ([`element`]). A flag of an attribute with a dash says itself (`aria-pressed="false"`); without, it is there
//! or not (`hidden`).

mod hole;
mod macros;
mod shape;
#[cfg(test)]
mod tests;

pub use hole::Holes;
pub(crate) use macros::{attributes, classes, condition, fill, html, nodes};
pub use shape::{lean, length};

use std::rc::Rc;
use yew::prelude::*;
use yew::virtual_dom::{AttributeOrProperty, Attributes, VComp, VTag};

/// Handlers of events, by their names. The event is typed: a handler for keys does not fit a click.
pub mod on {
    use std::rc::Rc;
    use yew::Callback;
    use yew::virtual_dom::Listener;

    macro_rules! events {
        ($($name:ident)*) => {$(
            /// The handler of such an event.
            #[inline(never)]
            pub fn $name(handler: Callback<yew::html::$name::Event>) -> Rc<dyn Listener> {
                Rc::new(yew::html::$name::Wrapper::new(handler))
            }
        )*};
    }

    events! {
        onblur oncancel onchange onclick ondblclick onfocusin oninput onkeydown onmouseleave onmouseover
        onpointercancel onpointerdown onpointermove onpointerup onscroll onsubmit
    }
}

/// An element whose tag is computed, with a class (none if it is empty) and a content.
pub fn element(tag: &'static str, class: &'static str, content: Html) -> Html {
    element_at(tag, class, NodeRef::default(), content)
}

/// The same, and where the element in the document is kept.
pub fn element_at(tag: &'static str, class: &'static str, place: NodeRef, content: Html) -> Html {
    let mut element = VTag::new(AttrValue::Static(tag));
    element.node_ref = place;
    if !class.is_empty() {
        element.attributes = Attributes::Dynamic {
            keys: &["class"],
            values: Box::new([Some(AttributeOrProperty::Attribute(AttrValue::Static(
                class,
            )))]),
        };
    }
    if let Some(children) = element.children_mut() {
        *children = content;
    }
    element.into()
}

/// Those that are there, with a space between them; see `classes!`.
pub fn joined(classes: &[Option<&'static str>]) -> String {
    let mut all = String::new();
    for class in classes.iter().flatten() {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(class);
    }
    all
}

/// A component of Yew.
pub fn component<C: Component>(properties: C::Properties) -> Html {
    VComp::new::<C>(Rc::new(properties), None).into()
}
