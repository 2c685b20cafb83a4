//! Files: saved, chosen, dropped on the page.

use super::super::message::Message;
use super::super::web::{self, Listener};
use super::state::{Origin, Recording};
use crate::timeline::MAX_TEXT;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::js_sys::Array;
use web_sys::{Blob, DragEvent, File, FileReader, HtmlAnchorElement, Url};
use yew::Callback;

/// Saves a file, as far as the browser lets the page.
pub fn save(name: &str, text: &str) {
    // Nothing to do about a browser that cannot: it says so itself.
    let _ = try_to_save(name, text);
}

fn try_to_save(name: &str, text: &str) -> Result<(), JsValue> {
    let blob = Blob::new_with_str_sequence(&Array::of1(&JsValue::from_str(text)))?;
    // Of a kind that nobody adds an ending to the name for.
    let kind = "application/octet-stream";
    let blob = blob.slice_with_f64_and_f64_and_content_type(0.0, blob.size(), kind)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let document = web::window().document().ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&address)
}

/// Reads a file and asks to open it.
pub fn read(file: &File, send: &Callback<Message>) {
    if file.size() > MAX_TEXT as f64 {
        return send.emit(Recording::Unreadable { too_long: true }.into());
    }
    let Ok(reader) = FileReader::new() else {
        return send.emit(Recording::Unreadable { too_long: false }.into());
    };
    let (ended, send) = (reader.clone(), send.clone());
    let callback = Closure::once_into_js(move || {
        let text = ended.result().ok().and_then(|text| text.as_string());
        send.emit(Message::Record(match text {
            Some(text) => Recording::Open(text, Origin::File),
            None => Recording::Unreadable { too_long: false },
        }));
    });
    reader.set_onloadend(Some(callback.unchecked_ref()));
    // It fails only for a reader that reads already.
    let _ = reader.read_as_text(file);
}

/// Takes files that are dropped on the page, as long as it exists.
pub struct DropTarget {
    _over: Listener,
    _drop: Listener,
}

impl DropTarget {
    /// Listens to the whole page.
    pub fn new(send: Callback<Message>) -> DropTarget {
        let window = web::window();
        DropTarget {
            _over: Listener::new(&window, "dragover", |event: DragEvent| {
                if event
                    .data_transfer()
                    .is_some_and(|data| data.types().includes(&JsValue::from_str("Files"), 0))
                {
                    event.prevent_default();
                }
            }),
            _drop: Listener::new(&window, "drop", move |event: DragEvent| {
                let files = event.data_transfer().and_then(|data| data.files());
                if let Some(file) = files.and_then(|files| files.get(0)) {
                    event.prevent_default();
                    read(&file, &send);
                }
            }),
        }
    }
}
