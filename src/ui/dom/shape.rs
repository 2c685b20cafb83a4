//! Shapes: what never changes in a use of `html!`.

use super::hole::Hole;
use crate::words::{place, say_at};
use std::cell::RefCell;
use std::vec::IntoIter;
use yew::prelude::*;
use yew::virtual_dom::{AttributeOrProperty, Attributes, VList, VTag, VText};

// What an item of a shape's text is; see `macros`.
const ELEMENT: u8 = 1;
const ATTRIBUTE: u8 = 2;
const WORDS: u8 = 3;
const KEY: u8 = 4;
const END: u8 = 6;

/// How a place of the catalogue is written: two digits of this many, from this character on.
const DIGITS: usize = 64;
const DIGIT: u8 = b'0';

/// Where the item ends that begins here.
const fn end(text: &[u8], start: usize) -> usize {
    let mut end = start + 1;
    while end < text.len() && text[end] > END {
        end += 1;
    }
    end
}

/// A part of a text.
const fn part(text: &[u8], from: usize, to: usize) -> &[u8] {
    text.split_at(to).0.split_at(from).1
}

/// A key's item as the place of its text.
const fn said(key: &[u8]) -> [u8; 3] {
    let Ok(key) = str::from_utf8(key) else {
        panic!("a key is text")
    };
    let place = place(key);
    [
        KEY,
        DIGIT + (place / DIGITS) as u8,
        DIGIT + (place % DIGITS) as u8,
    ]
}

/// Copies the text of a shape, without the names of the tags that end and with the places of texts instead of their
/// keys, and returns its length.
const fn shorten(full: &[u8], lean: &mut [u8]) -> usize {
    let (mut at, mut length) = (0, 0);
    // Where the elements begin that have not ended.
    let (mut open, mut depth) = ([0; 32], 0);
    while at < full.len() {
        let to = end(full, at);
        let place;
        let kept = match full[at] {
            END => {
                assert!(depth > 0, "a tag ends that did not begin");
                depth -= 1;
                let mut from = 1;
                while at + from < to || full[open[depth] + from] > END {
                    let same = full[at + from] == full[open[depth] + from];
                    assert!(same, "a tag ends that is not the last that began");
                    from += 1;
                }
                &[END]
            }
            ELEMENT => {
                open[depth] = at;
                depth += 1;
                part(full, at, to)
            }
            KEY => {
                place = said(part(full, at + 1, to));
                &place
            }
            _ => part(full, at, to),
        };
        let mut from = 0;
        while from < kept.len() {
            if length < lean.len() {
                lean[length] = kept[from];
            }
            length += 1;
            from += 1;
        }
        at = to;
    }
    assert!(depth == 0, "a tag does not end");
    length
}

/// How long the text of a shape is that [`lean`] makes.
pub const fn length(full: &str) -> usize {
    shorten(full.as_bytes(), &mut [])
}

/// The text of a shape as the program carries it. Fails, when the program is compiled, where tags do not match.
pub const fn lean<const N: usize>(full: &str) -> [u8; N] {
    let mut lean = [0; N];
    shorten(full.as_bytes(), &mut lean);
    lean
}

/// Something that is fixed or comes from a hole.
#[derive(Clone, Copy)]
enum Value {
    Words(&'static str),
    /// A text of the catalogue, by its place.
    Said(usize),
    Hole,
}

impl Value {
    /// Its text, if it has one without a hole.
    fn text(self) -> Option<AttrValue> {
        match self {
            Value::Words(words) => Some(AttrValue::Static(words)),
            Value::Said(place) => Some(AttrValue::Static(say_at(place))),
            Value::Hole => None,
        }
    }
}

enum Node {
    Element(Element),
    Value(Value),
}

struct Element {
    /// The element without what changes; none where several nodes stand without an element around them.
    blank: Option<VTag>,
    /// The names of its attributes.
    names: &'static [&'static str],
    /// The values of its attributes and what else stands in its tag, with its name.
    values: Vec<(&'static str, Value)>,
    children: Vec<Node>,
}

/// What stands in a tag and is no attribute.
fn is_special(tag: &str, name: &str) -> bool {
    let of_field = matches!(tag, "input" | "textarea") && matches!(name, "value" | "checked");
    of_field || matches!(name, "key" | "ref") || name.starts_with("on")
}

/// A text that is being read.
struct Reader {
    text: &'static str,
    at: usize,
}

impl Reader {
    /// The next item.
    fn next(&mut self) -> (u8, &'static str) {
        let bytes = self.text.as_bytes();
        let Some(kind) = bytes.get(self.at) else {
            return (END, "");
        };
        let start = self.at;
        self.at = end(bytes, start);
        (*kind, &self.text[start + 1..self.at])
    }

    fn element(&mut self, tag: &'static str) -> Element {
        let mut values = Vec::new();
        let mut children = Vec::new();
        loop {
            let (kind, text) = self.next();
            match kind {
                ATTRIBUTE => {
                    let (kind, value) = self.next();
                    values.push((text, value_of(kind, value)));
                }
                ELEMENT => children.push(Node::Element(self.element(text))),
                END => break,
                kind => children.push(Node::Value(value_of(kind, text))),
            }
        }
        let attributes = values.iter().filter(|(name, _)| !is_special(tag, name));
        // Shapes are kept as long as the page lives.
        let names = attributes
            .clone()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .leak();
        let mut blank = (!tag.is_empty()).then(|| VTag::new(AttrValue::Static(tag)));
        let fixed: Option<Vec<_>> = values
            .iter()
            .map(|(name, value)| match value {
                Value::Words(words) => Some((*name, AttributeOrProperty::Static(words))),
                _ => None,
            })
            .collect();
        if let (Some(blank), Some(fixed), true) = (&mut blank, fixed, names.len() == values.len()) {
            blank.attributes = Attributes::Static(fixed.leak());
            values.clear();
        }
        Element {
            blank,
            names,
            values,
            children,
        }
    }
}

fn value_of(kind: u8, text: &'static str) -> Value {
    match kind {
        WORDS => Value::Words(text),
        KEY => {
            let digits = text.bytes().map(|digit| usize::from(digit - DIGIT));
            Value::Said(digits.fold(0, |place, digit| place * DIGITS + digit))
        }
        _ => Value::Hole,
    }
}

impl Element {
    fn filled(&self, holes: &mut IntoIter<Hole>) -> Html {
        let tag = self.blank.as_ref().map(|blank| self.tag(blank, holes));
        let mut children = Vec::with_capacity(self.children.len());
        // One node needs no list around it, unless there may be more of them the next time.
        let mut list = self.children.len() != 1;
        for child in &self.children {
            match child {
                Node::Element(element) => children.push(element.filled(holes)),
                Node::Value(value) => match value.text() {
                    Some(text) => children.push(VText::new(text).into()),
                    None => match holes.next() {
                        Some(Hole::Child(child)) => children.push(child),
                        Some(Hole::Children(more)) => {
                            list = true;
                            children.extend(more);
                        }
                        _ => {}
                    },
                },
            }
        }
        let content = match children.pop() {
            Some(child) if !list => child,
            last => {
                children.extend(last);
                VList::with_children(children, None).into()
            }
        };
        let Some(mut tag) = tag else { return content };
        if let Some(children) = tag.children_mut() {
            *children = content;
        }
        tag.into()
    }

    /// The element without its children.
    fn tag(&self, blank: &VTag, holes: &mut IntoIter<Hole>) -> VTag {
        let mut tag = blank.clone();
        tag.node_ref = NodeRef::default();
        if self.values.is_empty() {
            return tag;
        }
        let mut values = Vec::with_capacity(self.names.len());
        let mut listeners = Vec::new();
        for (name, value) in &self.values {
            let hole = match value.text() {
                Some(text) => Hole::Text(text),
                None => holes.next().unwrap_or(Hole::Nothing),
            };
            let special = is_special(blank.tag(), name);
            match hole {
                Hole::Key(key) => tag.key = Some(key),
                Hole::Ref(node) => tag.node_ref = node,
                Hole::Listener(listener) => listeners.push(Some(listener)),
                Hole::Text(text) if special => tag.set_value(Some(text)),
                Hole::Flag(checked) if special => tag.set_checked(checked),
                _ if special => {}
                Hole::Text(text) if *name != "class" || !text.is_empty() => {
                    values.push(Some(AttributeOrProperty::Attribute(text)));
                }
                // Such are not there or not, they say it.
                Hole::Flag(flag) if name.contains('-') => {
                    let said = if flag { "true" } else { "false" };
                    values.push(Some(AttributeOrProperty::Attribute(AttrValue::Static(
                        said,
                    ))));
                }
                Hole::Flag(true) => values.push(Some(AttributeOrProperty::Attribute(
                    AttrValue::Static(name),
                ))),
                _ => values.push(None),
            }
        }
        if !listeners.is_empty() {
            tag.set_listeners(listeners.into());
        }
        tag.attributes = Attributes::Dynamic {
            keys: self.names,
            values: values.into(),
        };
        tag
    }
}

thread_local! {
    /// The shapes that were read, by the address of their text.
    static SHAPES: RefCell<Vec<(usize, &'static Element)>> = const { RefCell::new(Vec::new()) };
}

/// The shape with this text.
fn shape(text: &'static [u8]) -> &'static Element {
    let address = text.as_ptr().addr();
    SHAPES.with_borrow_mut(|shapes| {
        match shapes.binary_search_by_key(&address, |(address, _)| *address) {
            Ok(at) => shapes[at].1,
            Err(at) => {
                let text = str::from_utf8(text).unwrap_or_default();
                let shape: &Element = Box::leak(Box::new(Reader { text, at: 0 }.element("")));
                shapes.insert(at, (address, shape));
                shape
            }
        }
    })
}

/// The shape with its holes filled.
pub(super) fn filled(text: &'static [u8], holes: Vec<Hole>) -> Html {
    shape(text).filled(&mut holes.into_iter())
}
