//! The reading of `html!`, token by token: on the one hand the text of the shape, on the other what fills its holes.
//!
//! The text is a list of items, each with a character in front that says what it is: 1 begins an element, 2 an attribute,
//! whose value follows; 3 is words as they are, 4 the key of words, 5 a hole; 6 ends an element.

/// Elements and texts, written as in Yew's `html!`; see [the module](super).
macro_rules! html {
    ($($token:tt)*) => { $crate::ui::dom::nodes!(holes [] [] $($token)*) };
}

/// The classes of an element, with a space between them. Each is a text, or an option of one.
macro_rules! classes {
    ($($class:expr),* $(,)?) => { $crate::ui::dom::joined(&[$(Option::<&'static str>::from($class)),*]) };
}

/// Reads children: `name of the holes, [text of the shape], [fillings], rest`.
macro_rules! nodes {
    // The end. A shape without holes has no fillings.
    ($holes:ident [$($text:tt)*] []) => {{
        const FULL: &str = concat!($($text)*);
        static LEAN: [u8; $crate::ui::dom::length(FULL)] = $crate::ui::dom::lean(FULL);
        $crate::ui::dom::Holes::default().html(&LEAN)
    }};
    ($holes:ident [$($text:tt)*] [$($filling:tt)*]) => {{
        const FULL: &str = concat!($($text)*);
        static LEAN: [u8; $crate::ui::dom::length(FULL)] = $crate::ui::dom::lean(FULL);
        let mut $holes = $crate::ui::dom::Holes::default();
        $($filling)*
        $holes.html(&LEAN)
    }};
    // Tags.
    ($holes:ident [$($text:tt)*] $fill:tt < / > $($rest:tt)*) => {
        $crate::ui::dom::nodes!($holes [$($text)* "\x06",] $fill $($rest)*)
    };
    ($holes:ident [$($text:tt)*] $fill:tt < / $tag:ident > $($rest:tt)*) => {
        $crate::ui::dom::nodes!($holes [$($text)* "\x06", stringify!($tag),] $fill $($rest)*)
    };
    ($holes:ident [$($text:tt)*] $fill:tt < > $($rest:tt)*) => {
        $crate::ui::dom::nodes!($holes [$($text)* "\x01",] $fill $($rest)*)
    };
    ($holes:ident [$($text:tt)*] $fill:tt < $tag:ident $($rest:tt)*) => {
        $crate::ui::dom::attributes!($holes $tag [$($text)* "\x01", stringify!($tag),] $fill $($rest)*)
    };
    // What stands in braces.
    ($holes:ident [$($text:tt)*] $fill:tt { $words:literal } $($rest:tt)*) => {
        $crate::ui::dom::nodes!($holes [$($text)* "\x03", $words,] $fill $($rest)*)
    };
    ($holes:ident [$($text:tt)*] $fill:tt { say($key:literal) } $($rest:tt)*) => {
        $crate::ui::dom::nodes!($holes [$($text)* "\x04", $key,] $fill $($rest)*)
    };
    ($holes:ident [$($text:tt)*] [$($fill:tt)*] { for $nodes:expr } $($rest:tt)*) => {
        $crate::ui::dom::nodes!($holes [$($text)* "\x05",] [$($fill)* $holes.children($nodes);] $($rest)*)
    };
    ($holes:ident [$($text:tt)*] [$($fill:tt)*] { $node:expr } $($rest:tt)*) => {
        $crate::ui::dom::nodes!($holes [$($text)* "\x05",] [$($fill)* $holes.child($node);] $($rest)*)
    };
    ($holes:ident [$($text:tt)*] $fill:tt $words:literal $($rest:tt)*) => {
        $crate::ui::dom::nodes!($holes [$($text)* "\x03", $words,] $fill $($rest)*)
    };
    // Conditions.
    ($holes:ident $text:tt $fill:tt if $($rest:tt)*) => {
        $crate::ui::dom::condition!($holes $text $fill [if] $($rest)*)
    };
}

/// Reads a condition and what depends on it: `…, [what is read of it], rest`.
macro_rules! condition {
    ($holes:ident $text:tt $fill:tt [$($read:tt)*] { $($then:tt)* } else if $($rest:tt)*) => {
        $crate::ui::dom::condition!(
            $holes $text $fill [$($read)* { $crate::ui::dom::html! { $($then)* } } else if] $($rest)*
        )
    };
    ($holes:ident [$($text:tt)*] [$($fill:tt)*] [$($read:tt)*] { $($then:tt)* } else { $($other:tt)* } $($rest:tt)*) => {
        $crate::ui::dom::nodes!(
            $holes [$($text)* "\x05",]
            [$($fill)* $holes.child($($read)* { $crate::ui::dom::html! { $($then)* } } else { $crate::ui::dom::html! { $($other)* } });]
            $($rest)*
        )
    };
    ($holes:ident [$($text:tt)*] [$($fill:tt)*] [$($read:tt)*] { $($then:tt)* } $($rest:tt)*) => {
        $crate::ui::dom::nodes!(
            $holes [$($text)* "\x05",]
            [$($fill)* $holes.child($($read)* { $crate::ui::dom::html! { $($then)* } } else { yew::Html::default() });]
            $($rest)*
        )
    };
    ($holes:ident $text:tt $fill:tt [$($read:tt)*] $token:tt $($rest:tt)*) => {
        $crate::ui::dom::condition!($holes $text $fill [$($read)* $token] $($rest)*)
    };
}

/// Reads the attributes of an element, up to the end of its tag.
macro_rules! attributes {
    ($holes:ident $tag:ident $text:tt $fill:tt > $($rest:tt)*) => {
        $crate::ui::dom::nodes!($holes $text $fill $($rest)*)
    };
    ($holes:ident $tag:ident [$($text:tt)*] $fill:tt / > $($rest:tt)*) => {
        $crate::ui::dom::nodes!($holes [$($text)* "\x06", stringify!($tag),] $fill $($rest)*)
    };
    ($holes:ident $tag:ident [$($text:tt)*] $fill:tt $name:ident = true $($rest:tt)*) => {
        $crate::ui::dom::attributes!(
            $holes $tag [$($text)* "\x02", stringify!($name), "\x03", stringify!($name),] $fill $($rest)*
        )
    };
    ($holes:ident $tag:ident [$($text:tt)*] $fill:tt $name:ident $(-$more:ident)* = $value:literal $($rest:tt)*) => {
        $crate::ui::dom::attributes!(
            $holes $tag [$($text)* "\x02", stringify!($name), $("-", stringify!($more),)* "\x03", $value,] $fill $($rest)*
        )
    };
    ($holes:ident $tag:ident [$($text:tt)*] $fill:tt $name:ident $(-$more:ident)* = { say($key:literal) } $($rest:tt)*) => {
        $crate::ui::dom::attributes!(
            $holes $tag [$($text)* "\x02", stringify!($name), $("-", stringify!($more),)* "\x04", $key,] $fill $($rest)*
        )
    };
    ($holes:ident $tag:ident [$($text:tt)*] [$($fill:tt)*] $name:ident $(-$more:ident)* = { $value:expr } $($rest:tt)*) => {
        $crate::ui::dom::attributes!(
            $holes $tag [$($text)* "\x02", stringify!($name), $("-", stringify!($more),)* "\x05",]
            [$($fill)* $crate::ui::dom::fill!($holes ($name $($more)*) $value);] $($rest)*
        )
    };
    ($holes:ident $tag:ident $text:tt $fill:tt { $name:ident } $($rest:tt)*) => {
        $crate::ui::dom::attributes!($holes $tag $text $fill $name = { $name } $($rest)*)
    };
}

/// The filling of a hole for the value of an attribute. The handlers of events and what is no attribute have their types.
macro_rules! fill {
    ($holes:ident (key) $value:expr) => {
        $holes.key($value)
    };
    ($holes:ident (ref) $value:expr) => {
        $holes.node_ref($value)
    };
    ($holes:ident (onblur) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onblur($value))
    };
    ($holes:ident (oncancel) $value:expr) => {
        $holes.listen($crate::ui::dom::on::oncancel($value))
    };
    ($holes:ident (onchange) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onchange($value))
    };
    ($holes:ident (onclick) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onclick($value))
    };
    ($holes:ident (ondblclick) $value:expr) => {
        $holes.listen($crate::ui::dom::on::ondblclick($value))
    };
    ($holes:ident (onfocusin) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onfocusin($value))
    };
    ($holes:ident (oninput) $value:expr) => {
        $holes.listen($crate::ui::dom::on::oninput($value))
    };
    ($holes:ident (onkeydown) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onkeydown($value))
    };
    ($holes:ident (onmouseleave) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onmouseleave($value))
    };
    ($holes:ident (onmouseover) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onmouseover($value))
    };
    ($holes:ident (onpointercancel) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onpointercancel($value))
    };
    ($holes:ident (onpointerdown) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onpointerdown($value))
    };
    ($holes:ident (onpointermove) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onpointermove($value))
    };
    ($holes:ident (onpointerup) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onpointerup($value))
    };
    ($holes:ident (onscroll) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onscroll($value))
    };
    ($holes:ident (onsubmit) $value:expr) => {
        $holes.listen($crate::ui::dom::on::onsubmit($value))
    };
    ($holes:ident ($($name:ident)+) $value:expr) => {
        $holes.attribute($value)
    };
}

pub(crate) use {attributes, classes, condition, fill, html, nodes};
