//! Sentences made of spans.

use super::hue::term_style;
use super::words;
use crate::ui::dom::html;
use crate::view::Span;
use yew::prelude::*;

/// The spans as inline elements.
pub fn html(spans: &[Span]) -> Html {
    let each = spans.iter().map(|span| match span {
        Span::Text(text) => html! { {text.clone()} },
        Span::Member(id, term) => {
            html! { <b class="name" style={term_style(*term)}>{words::member(*id)}</b> }
        }
        Span::Code(text) => html! { <code>{text.clone()}</code> },
    });
    each.collect()
}

/// The spans as plain text.
pub fn text(spans: &[Span]) -> String {
    let each = spans.iter().map(|span| match span {
        Span::Text(text) | Span::Code(text) => text.clone(),
        Span::Member(id, _) => words::member(*id),
    });
    each.collect()
}
