//! What a person can ask of the page.

use super::console::Key;
use super::forms::Verb;
use super::left;
use super::recording::Recording;
use super::sequence::Gesture;
use super::tabs::Ask;
use super::timeline::Time;
use super::words::Word;
use crate::raft::NodeId;
use crate::raft::rules::Rule;
use crate::view::deeds::{Deed, Target, Way};
use crate::words::Language;

/// What a person asks of the page.
#[derive(Clone, PartialEq, Debug)]
pub enum Message {
    /// Wall time has passed, in microseconds.
    Pass(u64),
    /// Play or pause.
    TogglePlay,
    /// Something about time: seek, step, undo, branches.
    Time(Time),
    /// Why?
    Why(super::why::Ask),
    /// Something done at the console.
    Console(Key),
    /// Something done to the sequence view.
    Sequence(Gesture),
    /// Show the stage in the other way.
    ToggleStage,
    /// Show the stage in this way.
    ShowStage(StageView),
    /// Show this tab of the inspector.
    Show(Tab),
    /// Something about the panel at the left.
    Left(left::Ask),
    /// Something about the keys, the operations of clients, or the checks.
    Tabs(Ask),
    /// Something about links, files and what the browser keeps.
    Record(Recording),
    /// The hints of the first visit have been read.
    HintsRead,
    /// Let the next event happen, and pause.
    Step,
    /// Go back to where the run was before the latest event, and pause.
    StepBack,
    /// Play at another step of the speed scale.
    SetSpeed(usize),
    /// Play one step slower.
    Slower,
    /// Play one step faster.
    Faster,
    /// Look at a member.
    Select(NodeId),
    /// Look at anything on the stage. `true`: by keyboard, so that the focus goes to its actions.
    Look(Target, bool),
    /// Look at the message that was sent after the one that is selected, or at the first.
    LookAtNextMessage,
    /// Look at the next link of the selected member.
    LookAtNextLink,
    /// Look at a client that has not said anything yet.
    LookAtNewClient,
    /// Close the action bar.
    CloseBar,
    /// Do this to a member, or its opposite if that is what makes sense: restart a crashed one.
    Switch(Deed, NodeId),
    /// Do this to what is selected, with the numbers that are typed.
    Do(Deed, Place),
    /// Set what this sets back to how it was at the start.
    Undo(Deed),
    /// Act on this of the two links.
    SetWay(Way),
    /// Start a member that was added.
    Join(NodeId),
    /// Put a member into the next group of the cut that is being prepared.
    NextGroup(NodeId),
    /// Have one more group, or one less.
    Groups(usize),
    /// Cut the network as prepared.
    Cut,
    /// Cut everything between these members and the others.
    CutOff(Vec<NodeId>),
    /// The wall around the first stands around the second now; around nobody, it is gone.
    MoveWall(Vec<NodeId>, Vec<NodeId>),
    /// Heal the cut.
    Heal(Place),
    /// Something was typed into a field.
    Type(Field, String),
    /// Use this seed for the next cluster; `None` if the browser had no random number.
    FreshSeed(Option<u64>),
    /// Take over the options of a preset.
    Preset(usize),
    /// Set a group of options back to the preset.
    ResetGroup(usize),
    /// Switch an option.
    ToggleSetting(usize),
    /// Switch a rule of Raft for the next cluster.
    ToggleRule(Rule),
    /// Switch all rules of Raft on.
    AllRules,
    /// Start another cluster, as typed.
    Start,
    /// Talk to this member.
    Talk(NodeId),
    /// Read locally or not.
    ToggleLocal,
    /// Send the request that is typed.
    Send(Verb),
    /// Light or dark.
    ToggleTheme,
    /// Speak this language.
    Speak(Language),
    /// Open or close a panel.
    TogglePanel(Panel),
    /// Open or close a sheet.
    ToggleSheet(Sheet),
    /// Show the write form and make it ready for typing.
    Write,
    /// Show what a word means, or nothing.
    Define(Option<Definition>),
    /// Close whatever lies on top.
    Escape,
}

/// A field that can be typed into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// The number of members of the next cluster.
    Members,
    /// The seed of the next cluster.
    Seed,
    /// The key of the write form.
    Key,
    /// The value of the write form.
    Value,
    /// An option of the next cluster, by its place.
    Setting(usize),
    /// A number of a deed, by its place.
    Knob(usize),
    /// For how long the next fault lasts.
    Lasts,
    /// When the next fault happens.
    At,
    /// Whose link to look at.
    LinkFrom,
    /// The other end of it.
    LinkTo,
}

/// A panel that opens over the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Panel {
    /// Number of members and seed.
    NewCluster,
    /// The two sides of a cut.
    Cut,
    /// All keys.
    Help,
    /// The branches.
    Branches,
    /// Link and files.
    Share,
}

/// How the stage shows the world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StageView {
    /// The members on a ring, now.
    Ring,
    /// What was said between whom, over time.
    Sequence,
}

/// A tab of the inspector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tab {
    /// What is selected.
    Selected,
    /// Questions and answers.
    Why,
    /// The keys of the selected member.
    Keys,
    /// The operations of clients over time.
    Clients,
    /// What is checked after every step.
    Checks,
}

/// A part of the page that becomes a sheet or a drawer where there is little room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sheet {
    /// The log matrix.
    Log,
    /// The write form with the answers.
    Write,
    /// The inspector.
    Member,
}

/// Where an error is shown: where it was caused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Over the stage; also for keys.
    Stage,
    /// In the inspector.
    Inspector,
    /// In the cut panel.
    Cut,
    /// At the write form.
    Write,
    /// In the new-cluster panel.
    NewCluster,
}

/// An explanation of a word, and where it points to.
#[derive(Clone, PartialEq, Debug)]
pub struct Definition {
    /// The word.
    pub word: Word,
    /// Where the word stands in the window: left and bottom edge, in CSS pixels.
    pub at: (f64, f64),
}
