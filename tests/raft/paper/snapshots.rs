//! Figure 13, InstallSnapshot RPC. (Chunks are not used: a snapshot is one message.)

use super::*;

fn snapshot(index: u64, term: u64) -> Message {
    let snapshot = Snapshot {
        index: Index(index),
        term: Term(term),
        conf: ConfState::voters((1..=4).map(NodeId)),
        data: Bytes::from_static(b"state").into(),
    };
    Message::SnapshotRequest {
        snapshot: Arc::new(snapshot),
    }
}

#[test]
fn install_snapshot_1_refused_if_the_term_is_old() {
    let mut solo = member(&[5]);
    let sent = solo.hear(2, 4, snapshot(9, 4));
    assert_eq!(only(&sent), rejected(9, (0, 0)));
    assert_eq!(sent[0].term, Some(Term(5)));
    assert_eq!(solo.node.snapshot_index(), Index(0));
}

#[test]
fn install_snapshot_5_an_older_one_is_passed_over() {
    let mut solo = member(&[1, 1, 1]);
    solo.hear(2, 1, append((3, 1), &[], 3));
    assert_eq!(only(&solo.hear(2, 1, snapshot(2, 1))), accepted(3));
    assert_eq!(only(&solo.hear(2, 1, snapshot(3, 1))), accepted(3));
    assert_eq!(solo.node.snapshot_index(), Index(0));
}

#[test]
fn install_snapshot_6_entries_that_follow_the_same_last_entry_are_kept() {
    let mut solo = member(&[1, 1, 1]);
    assert_eq!(only(&solo.hear(2, 1, snapshot(2, 1))), accepted(2));
    assert_eq!(solo.terms(), [1, 1, 1]);
    assert_eq!(solo.node.commit_index(), Index(2));
}

#[test]
fn install_snapshot_7_the_whole_log_is_discarded_otherwise() {
    let mut solo = member(&[1, 1, 1]);
    assert_eq!(only(&solo.hear(2, 2, snapshot(2, 2))), accepted(2));
    assert_eq!(solo.terms(), [0; 0]);
    assert_eq!(solo.node.first_index(), Index(3));
    assert_eq!(solo.node.last_index(), Index(2));
    assert_eq!(solo.node.term_at(Index(2)), Some(Term(2)));
    assert!(solo.disk.entries.is_empty());
    assert_eq!(solo.disk.snapshot.index, Index(2));
}

#[test]
fn install_snapshot_8_the_state_and_the_configuration_are_the_snapshots() {
    let mut solo = member(&[1]);
    solo.step(2, Some(2), snapshot(7, 2));
    let ready = solo.node.ready();
    let snapshot = ready.snapshot.expect("to restore from");
    assert_eq!(snapshot.data.bytes(), Bytes::from_static(b"state"));
    assert_eq!(ready.write.expect("to store").snapshot, Some(snapshot));
    assert_eq!(solo.node.conf().voters.len(), 4);
    assert_eq!(solo.node.applied_index(), Index(7));
    assert_eq!(solo.node.commit_index(), Index(7));
}

#[test]
fn install_snapshot_goes_on_with_the_entries_behind_it() {
    let mut solo = member(&[]);
    solo.hear(2, 2, snapshot(7, 2));
    assert_eq!(
        only(&solo.hear(2, 2, append((7, 2), &[2, 2], 8))),
        accepted(9)
    );
    assert_eq!(solo.node.commit_index(), Index(8));
    assert_eq!(solo.applied.len(), 1);
}
