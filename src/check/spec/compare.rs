//! Comparisons of transactions.

use super::{Mark, Record, Span};
use bytes::Bytes;
use std::cmp::Ordering;

/// One comparison: all records of a span against a number or a value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Compare {
    /// Which keys. Nothing at all counts as one record whose numbers are 0; no value compares with
    /// it.
    pub span: Span,
    /// How.
    pub relation: Relation,
    /// What of the records, and with what.
    pub target: Target,
}

/// How two things must stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Relation {
    /// The same.
    Equal,
    /// Not the same.
    NotEqual,
    /// The record's is greater.
    Greater,
    /// The record's is less.
    Less,
}

/// What is compared, and with what.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// The value.
    Value(Bytes),
    /// The number of puts.
    Version(u64),
    /// The revision that created it.
    Created(u64),
    /// The revision of its last change.
    Modified(u64),
    /// The lease.
    Lease(i64),
}

impl Relation {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Relation::Equal => ordering.is_eq(),
            Relation::NotEqual => ordering.is_ne(),
            Relation::Greater => ordering.is_gt(),
            Relation::Less => ordering.is_lt(),
        }
    }
}

impl Compare {
    /// Whether it holds for these records; `None` if that depends on what nobody knows.
    pub fn holds(&self, records: &[(Bytes, Record)]) -> Option<bool> {
        if records.is_empty() {
            return Some(self.holds_without_record());
        }
        let mut all = Some(true);
        for (_, record) in records {
            match self.holds_for(record) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => all = None,
            }
        }
        all
    }

    /// If there is no record.
    pub fn holds_without_record(&self) -> bool {
        let than_nothing = match &self.target {
            Target::Value(_) => return false,
            Target::Version(number) | Target::Created(number) | Target::Modified(number) => {
                0.cmp(number)
            }
            Target::Lease(lease) => 0.cmp(lease),
        };
        self.relation.holds(than_nothing)
    }

    fn holds_for(&self, record: &Record) -> Option<bool> {
        match &self.target {
            Target::Value(value) => Some(self.relation.holds(record.value.cmp(value))),
            Target::Lease(lease) => Some(self.relation.holds(record.lease.cmp(lease))),
            // What exists was put at least once, and never before revision 1.
            Target::Version(number) => self.number_holds(record.version, 1, *number),
            Target::Created(number) => self.number_holds(record.created, 1, *number),
            Target::Modified(number) => match record.modified {
                Mark::Is(revision) => self.number_holds(Some(revision), 1, *number),
                Mark::After(floor) => self.number_holds(None, floor + 1, *number),
            },
        }
    }

    /// For a number that is `least` at least, if it is not known.
    fn number_holds(&self, known: Option<u64>, least: u64, number: u64) -> Option<bool> {
        match known {
            Some(known) => Some(self.relation.holds(known.cmp(&number))),
            None if number < least => Some(self.relation.holds(Ordering::Greater)),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(relation: Relation, target: Target) -> Compare {
        Compare {
            span: Span::key(&"k".into()),
            relation,
            target,
        }
    }

    fn record(version: Option<u64>, modified: Mark) -> Vec<(Bytes, Record)> {
        let record = Record {
            value: "5".into(),
            created: None,
            modified,
            version,
            lease: 0,
        };
        vec![("k".into(), record)]
    }

    #[test]
    fn values_compare_as_bytes_and_never_with_what_is_not_there() {
        let equal = |value: &'static str| compare(Relation::Equal, Target::Value(value.into()));
        let found = record(None, Mark::After(0));
        assert_eq!(equal("5").holds(&found), Some(true));
        assert_eq!(equal("6").holds(&found), Some(false));
        let less = compare(Relation::Less, Target::Value("6".into()));
        assert_eq!(less.holds(&found), Some(true));
        let differs = compare(Relation::NotEqual, Target::Value("6".into()));
        assert_eq!(differs.holds(&[]), Some(false));
    }

    #[test]
    fn a_missing_key_has_zeros_for_numbers() {
        let never = compare(Relation::Equal, Target::Created(0));
        assert_eq!(never.holds(&[]), Some(true));
        assert_eq!(
            compare(Relation::Greater, Target::Version(0)).holds(&[]),
            Some(false)
        );
        // Whatever the unknown revision is, it is not 0.
        assert_eq!(never.holds(&record(None, Mark::After(0))), Some(false));
    }

    #[test]
    fn unknown_numbers_decide_nothing_that_they_could_change() {
        let modified = |relation, number| compare(relation, Target::Modified(number));
        let unknown = record(None, Mark::After(7));
        assert_eq!(modified(Relation::Greater, 7).holds(&unknown), Some(true));
        assert_eq!(modified(Relation::Equal, 7).holds(&unknown), Some(false));
        assert_eq!(modified(Relation::Equal, 8).holds(&unknown), None);
        let known = record(Some(2), Mark::Is(8));
        assert_eq!(modified(Relation::Equal, 8).holds(&known), Some(true));
        let version = compare(Relation::Less, Target::Version(3));
        assert_eq!(version.holds(&known), Some(true));
        assert_eq!(version.holds(&unknown), None);
    }

    #[test]
    fn a_comparison_with_a_range_asks_all_its_records() {
        let mut all = compare(Relation::Equal, Target::Value("5".into()));
        all.span = Span::range(&"a".into(), &"z".into());
        let mut records = record(None, Mark::After(0));
        assert_eq!(all.holds(&records), Some(true));
        assert_eq!(all.holds(&[]), Some(false));
        records.extend(record(None, Mark::After(0)));
        records[1].1.value = "6".into();
        assert_eq!(all.holds(&records), Some(false));
    }
}
