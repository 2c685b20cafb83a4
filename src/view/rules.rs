//! The rules of Raft and the properties that must hold, in the language of the page.

use crate::cluster::Property;
use crate::raft::rules::Rule;
use crate::words::{other, translate};

/// The rule in one sentence.
pub fn sentence(rule: Rule) -> &'static str {
    let info = rule.info();
    other(&format!("rule.{}", info.name), info.sentence)
}

/// What goes wrong without it.
pub fn without(rule: Rule) -> &'static str {
    let info = rule.info();
    other(&format!("rule.{}.without", info.name), info.without)
}

/// The name of a property.
pub fn name(property: Property) -> String {
    translate(property.name())
}

/// What a property demands, in one sentence.
pub fn demand(property: Property) -> &'static str {
    let name = property.name().to_ascii_lowercase().replace(' ', "-");
    other(&format!("property.{name}"), property.sentence())
}
