use super::{classes, element, html, length};
use crate::words::{Language, key, say, speak};
use web_sys::MouseEvent;
use yew::virtual_dom::{Attributes, Key, VNode, VTag};
use yew::{Callback, Html};

fn tag(node: &Html) -> &VTag {
    match node {
        VNode::VTag(tag) => tag,
        other => panic!("no element: {other:?}"),
    }
}

#[test]
fn elements_are_those_of_yew() {
    let (title, count) = (String::from("a title"), 7_u64);
    let ours = html! {
        <section id="one" aria-label={title.clone()} hidden=true data-n={count} class={"w"}>
            {"w "}<b>{count}</b>
            <br/>
            {html! { <i>{"m"}</i> }}
        </section>
    };
    let yews = yew::html! {
        <section id="one" aria-label={title} data-n={count.to_string()} hidden={count > 1} class={"w"}>
            {"w "}<b>{count}</b>
            <br/>
            {yew::html! { <i>{"m"}</i> }}
        </section>
    };
    let attributes = |node| {
        tag(node)
            .attributes
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(tag(&ours).children(), tag(&yews).children());
    assert_eq!(tag(&ours).tag(), "section");
    let mut ours: Vec<String> = attributes(&ours);
    let mut yews: Vec<String> = attributes(&yews);
    ours.sort();
    yews.sort();
    assert_eq!(ours, yews);
}

#[test]
fn fields_have_their_value_and_their_state() {
    let (text, on) = (String::from("typed"), true);
    let field = html! { <input type="text" value={text} /> };
    assert_eq!(tag(&field).value().map(|value| &value[..]), Some("typed"));
    let one = html! { <input type="checkbox" checked={on} disabled={!on} /> };
    assert_eq!(tag(&one).checked(), Some(true));
    // Elsewhere a value is an attribute like others, and a flag that is down is no attribute.
    let option = html! { <option value={"a"} selected={!on}>{"A"}</option> };
    assert_eq!(
        option,
        yew::html! { <option value={"a"} selected={!on}>{"A"}</option> }
    );
}

#[test]
fn what_is_not_there_has_no_attribute() {
    let (nothing, class) = (None::<String>, String::new());
    let one = html! { <p id={nothing} class={class}></p> };
    assert_eq!(tag(&one).attributes.iter().count(), 0);
}

#[test]
fn numbers_and_flags_say_themselves_where_an_attribute_has_a_dash() {
    let on = true;
    let one = html! { <b aria-pressed={!on} data-on={on} aria-level={3_u32} hidden={on}></b> };
    let mut attributes: Vec<_> = tag(&one).attributes.iter().collect();
    attributes.sort();
    let expected = [
        ("aria-level", "3"),
        ("aria-pressed", "false"),
        ("data-on", "true"),
        ("hidden", "hidden"),
    ];
    assert_eq!(attributes, expected);
}

#[test]
fn conditions_choose() {
    let shown = |n: u32, word: Option<&'static str>| {
        html! {
            <p>
                if n > 1 { {"2"} } else if n == 1 { {"1"} } else { <b></b><i></i> }
                if let Some(word) = word { {word} }
            </p>
        }
    };
    let nothing = Html::default;
    assert_eq!(shown(2, Some("a")), yew::html! { <p>{"2"}{"a"}</p> });
    assert_eq!(shown(1, None), yew::html! { <p>{"1"}{nothing()}</p> });
    assert_eq!(
        shown(0, None),
        yew::html! { <p><><b></b><i></i></>{nothing()}</p> }
    );
}

#[test]
fn many_children_stand_beside_the_others_with_their_keys() {
    let rows = |n: u64| (0..n).map(|i| html! { <li key={i}>{i}</li> });
    assert_eq!(
        html! { <ul><li>{"h"}</li>{for rows(2)}</ul> },
        yew::html! { <ul><li>{"h"}</li>{for rows(2)}</ul> }
    );
    // One item is a list too: when another one comes it stays where it is.
    let VNode::VList(list) = tag(&html! { <ul>{for rows(1)}</ul> })
        .children()
        .unwrap()
        .clone()
    else {
        panic!("no list");
    };
    assert_eq!(list[0].key(), Some(&Key::from(0_u64)));
}

#[test]
fn texts_are_in_the_language_that_is_spoken_when_it_is_drawn() {
    let put = || html! { <b title={say("stage.close")}>{say("write.value")}</b> };
    let english = put();
    let (title, text) = ("Close", "value");
    assert_eq!(english, yew::html! { <b title={title}>{text}</b> });
    speak(Language::Portuguese);
    assert_eq!(
        put(),
        yew::html! { <b title={say(key!("stage.close"))}>{say(key!("write.value"))}</b> }
    );
    assert_ne!(put(), english);
    speak(Language::English);
}

/// Yew compares lists of attributes by their address first.
#[test]
fn the_names_of_attributes_are_the_same_list_each_time() {
    let draw = |n: u64| html! { <i data-a={n} title="b"></i> };
    let (Attributes::Dynamic { keys: first, .. }, Attributes::Dynamic { keys: second, .. }) = (
        tag(&draw(1)).attributes.clone(),
        tag(&draw(2)).attributes.clone(),
    ) else {
        panic!("attributes of another kind");
    };
    assert!(std::ptr::eq(first, second));
    let fixed = || match tag(&html! { <i title="b"></i> }).attributes {
        Attributes::Static(list) => list,
        ref other => panic!("attributes of another kind: {other:?}"),
    };
    assert_eq!(fixed().len(), 1);
}

#[test]
fn each_drawing_has_its_own_place_in_the_document() {
    let draw = || html! { <i title="b"></i> };
    assert!(tag(&draw()).node_ref != tag(&draw()).node_ref);
}

#[test]
fn events_have_their_handlers() {
    let onclick = Callback::from(|_: MouseEvent| ());
    let button = html! { <button {onclick} onkeydown={Callback::noop()}>{"×"}</button> };
    let Ok(VNode::VTag(button)) = Ok::<_, ()>(button) else {
        panic!()
    };
    assert_eq!(button.attributes.iter().count(), 0);
    let debug = format!("{button:?}");
    assert!(
        debug.contains("onclick") && debug.contains("onkeydown"),
        "{debug}"
    );
}

#[test]
fn classes_are_those_that_are_there() {
    assert_eq!(classes!("a", true.then_some("b"), None), "a b");
    assert_eq!(classes!(false.then_some("a"), Some("b")), "b");
    assert_eq!(classes!(None), "");
}

#[test]
fn a_computed_tag_has_its_class_or_none() {
    assert_eq!(
        element("p", "f", "a".into()),
        yew::html! { <@{"p"} class={Some("f")}>{"a"}</@> }
    );
    assert_eq!(
        tag(&element("p", "", "a".into())).attributes.iter().count(),
        0
    );
}

#[test]
#[should_panic(expected = "a tag ends that is not the last")]
fn tags_must_match() {
    length("\x01div\x01p\x06div\x06p");
}

#[test]
#[should_panic(expected = "a tag does not end")]
fn tags_must_end() {
    length("\x01div\x01p\x06p");
}

#[test]
#[should_panic(expected = "no text of the catalogue has this key")]
fn keys_must_be_there() {
    length("\x01p\x04no.such.text\x06p");
}
