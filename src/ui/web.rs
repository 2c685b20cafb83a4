//! The few things that the page asks of the browser directly.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Blob, Element, EventTarget, HtmlAnchorElement, HtmlDialogElement, HtmlElement, ResizeObserver,
    Url, Window,
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
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    /// Calls `callback` for every event of this kind that reaches the target.
    pub fn new<E: JsCast>(
        target: &EventTarget,
        kind: &'static str,
        mut callback: impl FnMut(E) + 'static,
    ) -> Listener {
        let callback = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
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

/// Animation frames, one after the other as long as somebody asks for the next.
pub struct AnimationFrames {
    callback: Closure<dyn FnMut(f64)>,
    requested: Option<i32>,
}

impl AnimationFrames {
    /// Will call `callback` with the time in milliseconds.
    pub fn new(callback: impl FnMut(f64) + 'static) -> AnimationFrames {
        AnimationFrames {
            callback: Closure::new(callback),
            requested: None,
        }
    }

    /// Asks for one frame, unless one is asked for already.
    pub fn request(&mut self) {
        if self.requested.is_none() {
            let callback = self.callback.as_ref().unchecked_ref();
            self.requested = window().request_animation_frame(callback).ok();
        }
    }

    /// The frame that was asked for has come.
    pub fn arrived(&mut self) {
        self.requested = None;
    }

    /// Takes back the request.
    pub fn cancel(&mut self) {
        if let Some(id) = self.requested.take() {
            let _ = window().cancel_animation_frame(id);
        }
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

/// Whether a media query holds.
pub fn media_matches(query: &str) -> bool {
    let list = window().match_media(query).ok().flatten();
    list.is_some_and(|list| list.matches())
}

/// Remembers a value for the next visit; silently not where the browser forbids it.
pub fn remember(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
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

/// Puts the focus on the first element that the selector finds.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector).and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
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

/// Saves a file, as far as the browser lets the page.
pub fn save(name: &str, text: &str) {
    let saved = || -> Result<(), wasm_bindgen::JsValue> {
        let parts = web_sys::js_sys::Array::of1(&text.into());
        let address = Url::create_object_url_with_blob(&Blob::new_with_str_sequence(&parts)?)?;
        let document = window().document().ok_or(wasm_bindgen::JsValue::NULL)?;
        let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
        link.set_href(&address);
        link.set_download(name);
        link.click();
        Url::revoke_object_url(&address)
    };
    // Nothing to do about a browser that cannot: it says so itself.
    let _ = saved();
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
