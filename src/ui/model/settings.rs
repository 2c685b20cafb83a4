//! The panel that starts another cluster, as it is filled in.

use super::{Field, Message, Model, Place, Shared};
use crate::cluster::WorldOptions;
use crate::raft::rules::Rules;
use crate::ui::forms;
use crate::view::settings::{self, GROUPS, SETTINGS, Setting};
use crate::words::{key, say};

/// The new-cluster panel as it is filled in.
#[derive(Clone, PartialEq, Debug)]
pub struct ClusterDraft {
    /// The number of members as typed.
    pub members: String,
    /// The seed as typed.
    pub seed: String,
    /// What is wrong with the number of members; empty until somebody tries to start.
    pub members_error: Option<String>,
    /// What is wrong with the seed.
    pub seed_error: Option<String>,
    /// The preset that groups go back to.
    pub preset: usize,
    /// All other options as typed, by their places in [`SETTINGS`].
    pub values: Vec<String>,
    /// The rules of Raft that are in force.
    pub rules: Rules,
}

impl ClusterDraft {
    /// The options of a run, ready to be changed.
    pub fn of(options: &WorldOptions, seed: u64) -> ClusterDraft {
        let values = settings::written(options);
        let mut presets = 0..settings::PRESETS.len();
        let preset = presets.find(|preset| settings::written(&settings::preset(*preset)) == values);
        ClusterDraft {
            members: options.members.to_string(),
            seed: seed.to_string(),
            members_error: None,
            seed_error: None,
            preset: preset.unwrap_or(0),
            values,
            rules: options.raft.rules,
        }
    }

    /// The options as typed, and what is wrong: the place of each option that makes no sense, with a
    /// sentence. Those are as in the preset.
    pub fn options(&self) -> (WorldOptions, Vec<(usize, String)>) {
        let mut options = settings::preset(self.preset);
        options.members = forms::parse_members(&self.members).unwrap_or(options.members);
        options.raft.rules = self.rules;
        let values = self.values.iter().enumerate();
        let wrong = values.filter_map(|(place, text)| {
            let refused = settings::set(&mut options, place, text);
            refused.err().map(|sentence| (place, sentence))
        });
        let wrong = wrong.collect();
        (options, wrong)
    }

    /// Whether a group differs from the preset.
    pub fn is_changed(&self, group: usize) -> bool {
        let usual = settings::written(&settings::preset(self.preset));
        let (from, to) = GROUPS[group].settings;
        self.values[from..to] != usual[from..to]
    }
}

impl Model {
    /// Does what a message about the panel asks. `None` if it is about something else.
    pub(super) fn update_settings(&mut self, message: &Message) -> Option<bool> {
        match message {
            Message::Preset(preset) => self.change_cluster(|cluster| {
                cluster.preset = *preset;
                cluster.values = settings::written(&settings::preset(*preset));
            }),
            Message::ResetGroup(group) => self.change_cluster(|cluster| {
                let usual = settings::written(&settings::preset(cluster.preset));
                let (from, to) = GROUPS[*group].settings;
                cluster.values[from..to].clone_from_slice(&usual[from..to]);
            }),
            Message::ToggleSetting(place) => self.change_cluster(|cluster| {
                let value = &mut cluster.values[*place];
                *value = if value == "on" { "off" } else { "on" }.to_owned();
            }),
            Message::ToggleRule(rule) => self.change_cluster(|cluster| {
                let on = cluster.rules.on(*rule);
                let others = cluster.rules.switched_off().filter(|other| other != rule);
                let mut rules = others.fold(Rules::all(), Rules::without);
                if on {
                    rules = rules.without(*rule);
                }
                cluster.rules = rules;
            }),
            Message::AllRules => self.change_cluster(|cluster| cluster.rules = Rules::all()),
            Message::FreshSeed(seed) => self.change_cluster(|cluster| match seed {
                Some(seed) => {
                    cluster.seed = seed.to_string();
                    cluster.seed_error = None;
                }
                None => cluster.seed_error = Some(say(key!("new.no-randomness")).to_string()),
            }),
            Message::Start => self.start(),
            _ => return None,
        }
        Some(true)
    }

    fn change_cluster(&mut self, change: impl FnOnce(&mut ClusterDraft)) {
        let mut cluster = (*self.cluster).clone();
        change(&mut cluster);
        self.cluster = Shared::new(cluster);
        if self.notice_at(Place::NewCluster).is_some() {
            self.notice = None;
        }
    }

    /// A field of the panel.
    pub(super) fn type_into_cluster(&mut self, field: Field, text: String) {
        self.change_cluster(|cluster| match field {
            Field::Members => {
                // A message goes as soon as what it complains about is mended, and changes with it.
                let was_wrong = cluster.members_error.is_some();
                cluster.members_error = forms::parse_members(&text).err().filter(|_| was_wrong);
                cluster.members = text;
            }
            Field::Seed => {
                let was_wrong = cluster.seed_error.is_some();
                cluster.seed_error = forms::parse_seed(&text).err().filter(|_| was_wrong);
                cluster.seed = text;
            }
            Field::Setting(place) => {
                if matches!(SETTINGS[place], Setting::Number(_) | Setting::Limit(_)) {
                    cluster.values[place] = text;
                }
            }
            _ => {}
        });
    }

    fn start(&mut self) {
        let mut cluster = (*self.cluster).clone();
        let members = forms::parse_members(&cluster.members);
        let seed = forms::parse_seed(&cluster.seed);
        let (options, wrong) = cluster.options();
        if let (Ok(_), Ok(seed), []) = (&members, &seed, &wrong[..]) {
            return self.replace(Model::with_options(options, *seed));
        }
        self.focus = Some(match (&members, &seed) {
            (Err(_), _) => "#members",
            (_, Err(_)) => "#seed",
            _ => ".new-cluster [aria-invalid=true]",
        });
        cluster.members_error = members.err();
        cluster.seed_error = seed.err();
        self.cluster = Shared::new(cluster);
    }
}
