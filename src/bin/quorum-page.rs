//! The page: starts the interface.

use yew::prelude::*;

#[component]
fn App() -> Html {
    html! { <main><h1>{ "Quorum" }</h1></main> }
}

fn main() {
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("app"))
        .expect("index.html has an element with id `app`");
    yew::Renderer::<App>::with_root(root).render();
}
