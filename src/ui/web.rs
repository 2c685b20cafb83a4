//! The few things that the page asks of the browser directly.

use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::js_sys::{Array, Function, JSON, Reflect};
use web_sys::{
    Animation, Element, Event, EventTarget, HtmlDialogElement, HtmlDocument, HtmlElement,
    HtmlInputElement, IntersectionObserver, IntersectionObserverEntry, ResizeObserver, Storage,
    Window,
};

/// The window.
///
/// # Panics
/// Outside of a page.
pub fn window() -> Window {
    web_sys::window().expect("the interface runs in a page")
}

/// A listener that is removed when it is dropped.
pub struct Listener {
    target: EventTarget,
    kind: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Calls `callback` for every event of this kind that reaches the target.
    pub fn new<E: JsCast>(
        target: &EventTarget,
        kind: &'static str,
        mut callback: impl FnMut(E) + 'static,
    ) -> Listener {
        let callback = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            callback(event.unchecked_into());
        });
        // It fails only for a target that is not one.
        let _ = target.add_event_listener_with_callback(kind, callback.as_ref().unchecked_ref());
        Listener {
            target: target.clone(),
            kind,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.kind, callback);
    }
}

/// Watches the size of an element until it is dropped.
pub struct SizeWatch {
    observer: Option<ResizeObserver>,
    _callback: Closure<dyn FnMut()>,
}

impl SizeWatch {
    /// Calls `callback` with width and height in CSS pixels, now and whenever they change.
    pub fn new(element: Element, callback: impl Fn(f64, f64) + 'static) -> SizeWatch {
        let watched = element.clone();
        let report = Closure::<dyn FnMut()>::new(move || {
            let area = watched.get_bounding_client_rect();
            callback(area.width().round(), area.height().round());
        });
        let observer = ResizeObserver::new(report.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(&element);
        }
        SizeWatch {
            observer,
            _callback: report,
        }
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

/// Watches whether anybody can see the page, until it is dropped.
pub struct SightWatch {
    _hidden: Listener,
    observer: Option<IntersectionObserver>,
    _callback: Closure<dyn FnMut(Array)>,
}

impl SightWatch {
    /// Calls `callback` whenever the page comes into sight or goes out of it: its tab lies behind another, or it is
    /// a frame that is scrolled away. Browsers draw no hidden tab, but some frames that nobody sees.
    pub fn new(callback: impl Fn(bool) + 'static) -> SightWatch {
        let callback = Rc::new(callback);
        let scrolled = Rc::new(Cell::new(false));
        let (tell, away) = (callback.clone(), scrolled.clone());
        let hidden = Listener::new(&document(), "visibilitychange", move |_: Event| {
            tell(!document().hidden() && !away.get());
        });
        let report = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            let last: IntersectionObserverEntry = entries.pop().unchecked_into();
            scrolled.set(!last.is_intersecting());
            callback(!document().hidden() && last.is_intersecting());
        });
        let observer = is_framed().then(|| {
            let observer = IntersectionObserver::new(report.as_ref().unchecked_ref()).ok()?;
            observer.observe(&document().document_element()?);
            Some(observer)
        });
        SightWatch {
            _hidden: hidden,
            observer: observer.flatten(),
            _callback: report,
        }
    }
}

impl Drop for SightWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

/// Whether the page is a frame of another one.
pub fn is_framed() -> bool {
    // Another page's window cannot be read, but told from this one.
    !matches!(window().parent(), Ok(Some(parent)) if parent == window())
}

fn document() -> web_sys::Document {
    window().document().expect("the interface runs in a page")
}

/// Whether a media query holds.
pub fn media_matches(query: &str) -> bool {
    let list = window().match_media(query).ok().flatten();
    list.is_some_and(|list| list.matches())
}

/// The language of the browser: its tag.
pub fn language() -> Option<String> {
    window().navigator().language()
}

/// Remembers a value for the next visit; silently not where the browser forbids it.
pub fn remember(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}

/// The storages of this tab and of the browser, as far as it lets the page.
fn storages() -> impl Iterator<Item = Storage> {
    let window = window();
    let both = [window.session_storage(), window.local_storage()];
    both.into_iter()
        .filter_map(|storage| storage.ok().flatten())
}

/// Remembers a value for this tab, and for the next visit. `false` if it does not fit.
pub fn remember_here(key: &str, value: &str) -> bool {
    storages().all(|storage| storage.set_item(key, value).is_ok())
}

/// What this tab remembers, or the last one did.
pub fn recall_here(key: &str) -> Option<String> {
    storages().find_map(|storage| storage.get_item(key).ok().flatten())
}

/// A clock in milliseconds, for measuring.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// The address of the page, without what follows the `#`.
pub fn address() -> String {
    let address = window().location().href().unwrap_or_default();
    let page = address.split('#').next();
    page.unwrap_or_default().to_owned()
}

/// What follows the `#` of the address; it is taken out of there, since it is not true for long.
pub fn take_fragment() -> Option<String> {
    let fragment = window().location().hash().ok()?;
    if !fragment.contains("r=") {
        return None;
    }
    if let Ok(history) = window().history() {
        let page = address();
        // It fails only for pages that have no history.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&page));
    }
    Some(fragment)
}

/// Selects the text of a field and copies it. `false` if the browser does not let the page.
pub fn copy(selector: &str) -> bool {
    let Some(field) = find(selector) else {
        return false;
    };
    // A text area is selected in the same way.
    field.unchecked_into::<HtmlInputElement>().select();
    let document = window().document();
    let document = document.and_then(|document| document.dyn_into::<HtmlDocument>().ok());
    // Deprecated, but it works everywhere, also where there is no clipboard interface.
    document.is_some_and(|document| document.exec_command("copy").unwrap_or(false))
}

/// Writes a text into the element that the selector finds.
pub fn write(selector: &str, text: &str) {
    if let Some(element) = find(selector) {
        element.set_text_content(Some(text));
    }
}

/// What was remembered.
pub fn recall(key: &str) -> Option<String> {
    window()
        .local_storage()
        .ok()
        .flatten()?
        .get_item(key)
        .ok()
        .flatten()
}

/// Sets an attribute of the root element, for styles that depend on it.
pub fn mark_root(name: &str, value: &str) {
    let document = window().document();
    if let Some(root) = document.and_then(|document| document.document_element()) {
        let _ = root.set_attribute(name, value);
    }
}

/// The first element that the selector finds.
pub fn find(selector: &str) -> Option<Element> {
    let document = window().document()?;
    document.query_selector(selector).ok().flatten()
}

/// Puts the focus on what the first of the selectors finds that can have it: what is not shown cannot.
pub fn focus(selectors: &str) {
    for selector in selectors.split(", ") {
        let Some(element) = find(selector) else {
            continue;
        };
        // Elements of SVG can be focused as well, though they are not of HTML.
        let _ = element.unchecked_ref::<HtmlElement>().focus();
        let document = window().document();
        let focused = document.and_then(|document| document.active_element());
        if focused.as_ref() == Some(&element) {
            // What is in a field is written anew, as when it is reached with Tab; a line of the console goes on.
            let field = element.dyn_ref::<HtmlInputElement>();
            field
                .filter(|field| field.id() != "console-line")
                .into_iter()
                .for_each(HtmlInputElement::select);
            return;
        }
    }
}

/// Scrolls what the second selector finds so that what the first one finds in it is in sight.
pub fn scroll_to(selector: &str, within: &str) {
    /// So much is left above and below, in pixels.
    const ROOM: f64 = 40.0;
    if let (Some(element), Some(within)) = (find(selector), find(within)) {
        let (inner, outer) = (
            element.get_bounding_client_rect(),
            within.get_bounding_client_rect(),
        );
        let above = (inner.top() - ROOM - outer.top()).min(0.0);
        let below = (inner.bottom() + ROOM - outer.bottom()).max(0.0);
        within.set_scroll_top(within.scroll_top() + (above + below) as i32);
    }
}

/// A straight way that the browser moves something on without asking the program again.
pub struct Course {
    /// Where it starts and where it ends, as arguments of the CSS function `translate`.
    pub from: String,
    /// See there.
    pub to: String,
    /// When it starts and when it is there, in milliseconds of the page's clock.
    pub times: (f64, f64),
    /// The present moment of that clock.
    pub now: f64,
    /// It is out of sight before it starts and once it is there.
    pub passes: bool,
}

/// What is moved stays where it is for so long, in milliseconds.
const STAYS_MS: f64 = 3_600_000.0;
/// Where in the keyframes of a movement its way begins and ends.
const LEAVES: &str = "0.001";
const LANDS: &str = "0.999";

/// A number that is not negative, for CSS. (To format floats as the standard library does takes four kilobytes.)
fn fixed(value: f64) -> String {
    let billionths = (value * 1e9) as u64;
    format!(
        "{}.{:09}",
        billionths / 1_000_000_000,
        billionths % 1_000_000_000
    )
}

/// Moves an element on its way.
pub fn fly(element: &Element, course: &Course) -> Animation {
    let (starts, ends) = course.times;
    let begins = starts.min(course.now);
    // It is not over when it is there, but stays: at the end of an animation the browser tells the program, and has
    // everything drawn again, even when the element is gone by then. For the same reason there is nothing in it but a
    // time to begin at.
    let whole = ends - begins + STAYS_MS;
    let percent = |at: f64| fixed(100.0 * (at - begins) / whole);
    let (leaves, lands) = (percent(starts), percent(ends));
    let (from, to) = (&course.from, &course.to);
    let opacity = match course.passes {
        true => r#""opacity":[0,0,1,1,0,0],"#,
        false => "",
    };
    // The part of the keyframes that it is at stands still while it stands: what does not get on costs nothing.
    let frames = format!(
        r#"{{"transform":["translate({from})","translate({from})","translate({from})","translate({to})","translate({to})","translate({to})"],{opacity}"offset":[0,{LEAVES},{LEAVES},{LANDS},{LANDS},1]}}"#
    );
    let frames = JSON::parse(&frames).unwrap_or_default();
    let animate: Function = Reflect::get(element, &"animate".into())
        .unwrap_or_default()
        .unchecked_into();
    let whole = fixed(whole);
    let options = format!(
        r#"{{"duration":{whole},"fill":"both","easing":"linear(0 0%,0 {leaves}%,{LEAVES} {leaves}%,{LANDS} {lands}%,1 {lands}%,1 100%)"}}"#
    );
    let options = JSON::parse(&options).unwrap_or_default();
    let animation = animate
        .call2(element, &frames, &options)
        .unwrap_or_default();
    let animation: Animation = animation.unchecked_into();
    animation.set_start_time(Some(begins));
    animation
}

/// Whether anything has the focus.
pub fn has_focus() -> bool {
    let document = window().document();
    let active = document.and_then(|document| document.active_element());
    active.is_some_and(|element| element.tag_name() != "BODY")
}

/// Scrolls the element that the selector finds as far as it takes to see what is there.
pub fn reveal(selector: &str, top: i32, height: i32) {
    let Some(element) = find(selector) else {
        return;
    };
    let (from, room) = (element.scroll_top(), element.client_height());
    if top < from {
        element.set_scroll_top(top);
    } else if top + height > from + room {
        element.set_scroll_top(top + height - room);
    }
}

/// The width and the height of the window in CSS pixels.
pub fn window_size() -> (i32, i32) {
    let window = window();
    let size = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|v| v.as_f64()).unwrap_or(1000.0) as i32
    };
    (size(window.inner_width()), size(window.inner_height()))
}

/// Opens the dialog that the selector finds, over everything else, unless it is open.
pub fn open_dialog(selector: &str) {
    let dialog = find(selector).and_then(|found| found.dyn_into::<HtmlDialogElement>().ok());
    if let Some(dialog) = dialog.filter(|dialog| !dialog.open()) {
        // It fails only for a dialog that is open.
        let _ = dialog.show_modal();
    }
}

/// A seed that nobody has seen before.
///
/// # Errors
/// The browser has no source of randomness.
pub fn fresh_seed() -> Result<u64, getrandom::Error> {
    // Short enough to read out and to type again.
    Ok(getrandom::u64()? % 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_css_have_nine_decimals() {
        assert_eq!(fixed(0.0), "0.000000000");
        assert_eq!(fixed(2.5), "2.500000000");
        assert_eq!(fixed(0.000_125), "0.000125000");
        assert_eq!(fixed(3_600_040.25), "3600040.250000000");
    }
}
