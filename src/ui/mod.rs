//! The interface: Yew components that draw [`crate::view::Frame`]s and turn what a person does into
//! actions.
//!
//! - [`model`] is the state of the page and the one function that changes it; with [`speed`],
//!   [`forms`], [`answers`] and [`keys`] it knows nothing of the browser and is tested natively.
//! - [`app`] is the root: it owns the model and the clock. Parts get slices of the latest
//!   frame ([`slices`]) and are drawn again only when their slice changed (`drawn`). What moves
//!   between two events is moved by [`motion`], without Yew.
//! - Elements are written with the `html!` of `dom`, not with Yew's, whose every use adds a kilobyte to the page.
//! - Every other module is one part, with its style in the file of the same name in `styles/`.
//!   Every string stands in the catalogue ([`crate::words`]); [`words`] has those that are filled with numbers and names.
//!
//! # Hooks for end-to-end tests
//! Accessible names and roles come first: buttons (Play, Pause, Step, Cut, Heal, Put, Get, Delete,
//! Crash, Restart, …), fields by their labels, members as buttons named "infra4, leader of term 3,
//! log up to 8, committed 7". Where they do not suffice:
//!
//! | hook | what |
//! |---|---|
//! | `.member[data-member=4]` with `data-role`, `data-term` | a member on the stage; roles: follower, pre-candidate, candidate, leader, crashed |
//! | `[data-voter][data-ballot]` | a candidate's ballot: not-asked, in-flight, granted, refused |
//! | `[data-flight]`, `[data-testid=loss]` | a message on its way; a lost one |
//! | `[data-client="client A"]` | a client's card |
//! | `[data-testid=wall]` | a wall; a click heals |
//! | `[data-vital=term]`, `leader`, `quorum`, `can-lose`, `revision` | the vitals |
//! | `[data-testid=sentence]` | the sentence |
//! | `.logrow[data-member=4] .cell[data-index=8]` with `data-state`, `data-term` | a log entry; states: committed, stored, unsynced, missing, snapshot |
//! | `[data-testid=answer]` with `data-outcome`, `data-member` | an operation; outcomes: pending, done, failed, unknown |
//! | `[data-testid=member] [data-fact=commit]`, `log`, `applied`, `voted`, `leader`, `disk`, `revision` | the inspector |
//! | `[data-testid=keys] [data-key=name]` | a key in the inspector |
//! | `#tab-keys`, `#tab-clients`, `#tab-checks` | the other tabs |
//! | `#key-list [data-key]`, `[data-testid=key-page]`, `key-history`, `stores`, `leases` with `[data-lease]` | the keys |
//! | `[data-testid=clients]`, `clients-tip`, `clients-chosen`, `operation` | the operations of clients, and the page of one |
//! | `[data-testid=checks] [data-property]` with `data-verdict`: ok, faint, warn, error; `evidence` | the checks |
//! | `.split-dock`, `.split-side` | the edges that a person moves |
//! | `[data-testid=clock]`, `steps`, `seed`, `speed` | the transport |
//! | `[data-testid=why]`, `why-question`, `why-rule`; `.why-chain li` with `.moment`; `.copy[data-member][data-there]` | an answer: the question, the rule, the facts with their moments, who has the entry |
//! | `[data-testid=life-card]`, `life` | the life of an entry: the card, the table |
//! | `[data-testid=sequence]`, `sequence-tip`, `sequence-chosen`; `.sq-plot`, `.sq-name[data-lane]`; a class per look, see `view::sequence::Look` | the sequence view |
//! | `.tl-area`, `.tl-playhead`, `.tl-elected`, `.tl-crash`, `.tl-cut`, `.tl-branch` | the timeline: one path per look, one button per branch |
//! | `[data-testid=time-tip]`, `time-told` | what lies under the pointer; what became of the last step, undo, branch |
//! | `[data-branch]`, `[data-testid=compared]` | the panel of the branches |
//! | `#share-link`, `[data-testid=link-length]`, `#trouble-text`, `#broken` | sharing, what cannot be opened, the overlay of a program that broke |
//! | `#left`, `.scenario[data-scenario]`, `[data-testid=scenario]`, `scenario-step`, `scenario-state`; `.script [data-line]` with `data-state` | the panel at the left: the scenarios, the one that is watched, its script |
//! | `[data-testid=real]`, `#real-text`, `[data-testid=flags]` | the cluster for real: the page, the text of the file; the flags of a member in the inspector |
//! | `[data-testid=planner]`, `planner-quorum`, `planner-tolerated`, `planner-why`, `[data-shape=3-2][data-stands]`, `[data-available=5]` | the quorum planner: its sums, the ways to cut, how often there is a quorum |
//! | `#sheet-log`, `#sheet-write`, `#sheet-member` with `data-open` | parts that are sheets where there is little room |

pub mod answers;
pub mod app;
mod cells;
mod console;
mod dom;
mod drawn;
mod faults;
pub mod forms;
mod help;
mod hints;
mod hue;
mod inspector;
pub mod keys;
mod left;
mod logs;
pub mod message;
pub mod model;
pub mod motion;
mod parts;
pub mod recording;
mod sentence;
mod sequence;
mod settings;
pub mod slices;
mod spans;
pub mod speed;
mod split;
mod stage;
pub mod tabs;
pub mod timeline;
mod topbar;
mod transport;
mod web;
mod why;
pub mod words;
mod write;

/// Starts the interface in the element with the id `app`.
pub fn run() {
    let document = web::window().document();
    let root = document.and_then(|document| document.get_element_by_id("app"));
    let root = root.expect("the page has an element with the id `app`");
    yew::Renderer::<app::App>::with_root(root).render();
}
