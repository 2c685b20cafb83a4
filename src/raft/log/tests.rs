use super::*;
use crate::raft::Image;
use proptest::prelude::*;

fn log(terms: &[u64]) -> Log {
    let mut stored = Stored::new(Default::default());
    stored.entries = entries(1, terms).into_iter().collect();
    stored.hard_state.term = Term(99);
    Log::new(stored).expect("valid")
}

fn entries(first: u64, terms: &[u64]) -> Vec<Entry> {
    let entry = |(place, term): (usize, &u64)| Entry {
        term: Term(*term),
        index: Index(first + place as u64),
        payload: Payload::Noop,
    };
    terms.iter().enumerate().map(entry).collect()
}

fn push(log: &mut Log, term: u64) {
    let index = log.last_index().next();
    let payload = Payload::Noop;
    log.push(Entry {
        term: Term(term),
        index,
        payload,
    });
}

fn snapshot(index: u64, term: u64) -> Arc<Snapshot> {
    Arc::new(Snapshot {
        index: Index(index),
        term: Term(term),
        conf: Default::default(),
        data: Image::default(),
    })
}

fn take_committed(log: &mut Log, rules: Rules) -> Vec<Entry> {
    let mut list = Vec::new();
    log.take_committed(rules, &mut list);
    list
}

fn write(log: &mut Log) -> WriteDone {
    let index = log.take_snapshot().map(|snapshot| snapshot.index);
    log.begin_write(HardState::default(), index).1
}

#[derive(Clone, Debug)]
enum Change {
    Push(u64),
    Truncate(u64),
    Commit(u64),
    Compact(u64, u64),
    Write,
    Synced,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (0u64..2).prop_map(Change::Push),
        2 => (1u64..40).prop_map(Change::Truncate),
        1 => (0u64..40).prop_map(Change::Commit),
        1 => ((0u64..40), (0u64..5)).prop_map(|(index, tail)| Change::Compact(index, tail)),
        2 => Just(Change::Write),
        2 => Just(Change::Synced),
    ]
}

/// What the log is to be compared with: all terms since index 1, and the disk as it is.
#[derive(Default)]
struct Model {
    terms: Vec<u64>,
    disk: Vec<u64>,
    writes: VecDeque<(u64, usize, Vec<u64>)>,
}

impl Model {
    /// How much of the log the disk holds.
    fn durable(&self) -> usize {
        let same = self.terms.iter().zip(&self.disk);
        same.take_while(|(one, other)| one == other).count()
    }
}

fn carry_out(log: &mut Log, model: &mut Model, change: Change) {
    let rules = Rules::all();
    match change {
        Change::Push(more) => {
            let term = model.terms.last().unwrap_or(&1) + more;
            push(log, term);
            model.terms.push(term);
        }
        Change::Truncate(from) => {
            let from = Index(from).max(log.committed().next());
            if from <= log.last_index() {
                log.truncate_from(from);
                model.terms.truncate(from.0 as usize - 1);
            }
        }
        Change::Commit(index) => {
            log.commit_to(Index(index).min(log.last_index()), rules);
            log.take_committed(rules, &mut Vec::new());
            log.applied_to(log.committed());
        }
        Change::Compact(index, tail) => {
            let index = Index(index).min(log.applied());
            if index > log.snapshot().index {
                let term = log.term_at(index).expect("it is there").0;
                log.compact(snapshot(index.0, term), tail);
            }
        }
        Change::Write => {
            let (entries, done) = log.begin_write(HardState::default(), None);
            let first = entries
                .first()
                .map_or(model.terms.len(), |e| e.index.0 as usize - 1);
            let terms = entries.iter().map(|entry| entry.term.0).collect();
            model.writes.push_back((done.number, first, terms));
        }
        Change::Synced => {
            if let Some((number, first, terms)) = model.writes.pop_front() {
                if !terms.is_empty() {
                    model.disk.truncate(first);
                    model.disk.extend(terms);
                }
                log.finish_write(number);
            }
        }
    }
}

proptest! {
    /// The log holds what a plain vector would, and never takes for durable what the disk lacks.
    #[test]
    fn behaves_like_a_vector_with_a_disk(changes in prop::collection::vec(change(), 1..80)) {
        let (mut log, mut model) = (log(&[]), Model::default());
        for change in changes {
            carry_out(&mut log, &mut model, change);
            prop_assert_eq!(log.last_index().0 as usize, model.terms.len());
            for index in log.first_index().prev().0..=log.last_index().0 + 1 {
                let term = match index {
                    0 => Some(0),
                    _ => model.terms.get(index as usize - 1).copied(),
                };
                prop_assert_eq!(log.term_at(Index(index)), term.map(Term));
            }
            prop_assert!(log.stored().0 as usize <= model.durable(), "{:?}", log.stored());
            prop_assert!(log.committed() <= log.last_index() && log.applied() <= log.committed());
        }
        // In the end everything is durable.
        carry_out(&mut log, &mut model, Change::Write);
        while !model.writes.is_empty() {
            carry_out(&mut log, &mut model, Change::Synced);
        }
        prop_assert_eq!(log.stored(), log.last_index());
        // (A cut that nothing follows leaves its leftovers there: the next write removes them.)
        prop_assert!(model.disk.starts_with(&model.terms));
        prop_assert!(!log.has_unwritten() || log.new_compaction.is_some());
        prop_assert_eq!(log.last_in_flight(), None);
    }

    #[test]
    fn last_with_term_up_to_is_what_a_search_finds(
        mut terms in prop::collection::vec(1u64..8, 0..20), index in 0u64..25, term in 0u64..9,
    ) {
        terms.sort();
        let (at, own) = log(&terms).last_with_term_up_to(Index(index), Term(term));
        let fits = |i: &u64| *i == 0 || terms[*i as usize - 1] <= term;
        let expected = (0..=index.min(terms.len() as u64)).rev().find(fits).expect("0 fits");
        prop_assert_eq!(at, Index(expected));
        prop_assert_eq!(log(&terms).term_at(at), Some(own));
    }
}

#[test]
fn a_replaced_suffix_is_durable_only_with_the_write_that_replaces_it() {
    let mut log = log(&[1]);
    push(&mut log, 1);
    let first = write(&mut log);
    log.truncate_from(Index(2));
    push(&mut log, 2);
    let second = write(&mut log);
    // A third leader puts back what the first one had: the ABA case.
    log.truncate_from(Index(2));
    push(&mut log, 1);
    let third = write(&mut log);
    assert_eq!(first.last, third.last);
    assert!(!log.finish_write(first.number));
    assert!(!log.finish_write(second.number));
    assert_eq!(log.stored(), Index(1));
    assert!(log.finish_write(third.number));
    assert_eq!(log.stored(), Index(2));
    assert!(
        !log.finish_write(third.number),
        "a receipt that comes twice"
    );
}

#[test]
fn a_later_receipt_covers_the_earlier_writes() {
    let mut log = log(&[]);
    push(&mut log, 1);
    write(&mut log);
    push(&mut log, 1);
    let second = write(&mut log);
    assert_eq!(log.last_in_flight(), Some(second.number));
    assert!(log.finish_write(second.number));
    assert_eq!((log.stored(), log.last_in_flight()), (Index(2), None));
}

#[test]
fn a_restored_snapshot_keeps_the_disks_word_for_what_is_committed() {
    let mut log = log(&[1, 1, 1]);
    log.commit_to(Index(2), Rules::all());
    push(&mut log, 1);
    let before = write(&mut log);
    log.restore(snapshot(9, 2));
    assert_eq!(log.stored(), Index(2));
    assert!(log.has_pending_snapshot() && log.has_unwritten());
    let done = write(&mut log);
    assert_eq!((done.snapshot, done.last), (Some(Index(9)), None));
    assert!(!log.finish_write(before.number));
    assert!(log.has_pending_snapshot());
    assert!(log.finish_write(done.number));
    assert_eq!(log.stored(), Index(9));
    assert!(!log.has_pending_snapshot());
    assert_eq!((log.first_index(), log.last_index()), (Index(10), Index(9)));
    assert_eq!(log.end().term, Term(2));
}

#[test]
fn a_snapshot_of_the_leader_replaces_an_own_one_that_waits() {
    let mut log = log(&[1, 1]);
    log.commit_to(Index(2), Rules::all());
    log.take_committed(Rules::all(), &mut Vec::new());
    log.applied_to(Index(2));
    log.compact(snapshot(1, 1), 0);
    log.restore(snapshot(9, 2));
    assert_eq!(log.take_compaction(), None);
}

#[test]
fn entries_are_handed_out_once_and_only_when_durable() {
    let rules = Rules::all();
    let mut log = log(&[1, 1]);
    push(&mut log, 1);
    log.commit_to(Index(3), rules);
    assert_eq!(log.to_apply(rules), Some(Index(2)));
    assert_eq!(take_committed(&mut log, rules), entries(1, &[1, 1]));
    assert_eq!(take_committed(&mut log, rules), []);
    log.applied_to(Index(9));
    assert_eq!(log.applied(), Index(2));
    log.applied_to(Index(1));
    assert_eq!(log.applied(), Index(2));
    let done = write(&mut log);
    log.finish_write(done.number);
    assert_eq!(take_committed(&mut log, rules), entries(3, &[1]));
}

#[test]
fn only_committed_changes_that_are_not_applied_count_as_unapplied() {
    let mut log = log(&[1]);
    let change = Entry {
        term: Term(1),
        index: Index(2),
        payload: Payload::ConfChange(Default::default()),
    };
    log.push(change);
    push(&mut log, 1);
    log.stored = Index(3);
    assert!(!log.has_unapplied_change());
    log.commit_to(Index(2), Rules::all());
    assert!(log.has_unapplied_change());
    log.take_committed(Rules::all(), &mut Vec::new());
    log.applied_to(Index(1));
    assert!(log.has_unapplied_change());
    log.applied_to(Index(2));
    log.commit_to(Index(3), Rules::all());
    assert!(!log.has_unapplied_change());
}

#[test]
#[should_panic(expected = "contiguous")]
fn a_gap_is_a_broken_assumption() {
    log(&[1]).push(entries(3, &[1]).remove(0));
}

#[test]
#[should_panic(expected = "never cut off")]
fn to_cut_off_what_is_committed_is_a_broken_assumption() {
    let mut log = log(&[1, 1]);
    log.commit_to(Index(2), Rules::all());
    log.truncate_from(Index(2));
}

#[test]
#[should_panic(expected = "beyond the end of the log")]
fn to_commit_what_is_not_there_is_a_broken_assumption() {
    log(&[1, 1]).commit_to(Index(3), Rules::all());
}

#[test]
fn the_disk_shares_the_entries_of_a_message_if_it_lacks_just_these() {
    let message = |first, terms: &[u64]| -> Arc<[Entry]> { entries(first, terms).into() };
    let take = |log: &mut Log, sent: &Arc<[Entry]>| {
        sent.iter().for_each(|entry| log.push(entry.clone()));
        log.has_at_hand(sent.clone());
    };
    let written = |log: &mut Log| log.begin_write(HardState::default(), None).0;

    let mut log = log(&[1]);
    let sent = message(2, &[1, 1]);
    take(&mut log, &sent);
    assert!(Arc::ptr_eq(&written(&mut log), &sent));
    assert!(written(&mut log).is_empty(), "it has them");

    // Two messages, one write.
    take(&mut log, &message(4, &[1]));
    take(&mut log, &message(5, &[1, 1]));
    assert_eq!(written(&mut log)[..], entries(4, &[1, 1, 1]));

    // What was cut off is not written, though what took its place ends at the same index.
    take(&mut log, &message(7, &[1, 1]));
    log.truncate_from(Index(7));
    (entries(7, &[2, 2]).into_iter()).for_each(|entry| log.push(entry));
    assert_eq!(written(&mut log)[..], entries(7, &[2, 2]));

    // A snapshot takes the place of it all.
    take(&mut log, &message(9, &[2]));
    log.restore(snapshot(8, 2));
    log.push(entries(9, &[3]).remove(0));
    assert_eq!(written(&mut log)[..], entries(9, &[3]));
}
