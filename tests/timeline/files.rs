//! Files: the same session, for people.

use crate::links::lesson;
use crate::support::{crash, eventful, session, snapshot};
use quorum::cluster::{Action, ClientId};
use quorum::kv::Request;
use quorum::raft::NodeId;
use quorum::sim::SimTime;
use quorum::timeline::{OpenError, Saved, Session};

fn refusal(text: &str) -> String {
    Saved::from_text(text).unwrap_err().to_string()
}

#[test]
fn a_file_gives_the_same_session_again() {
    let mut session = lesson();
    session.seek(SimTime(1_500_000));
    session.act(crash(2)).unwrap();
    session.advance(100_000);
    session.seek(SimTime(1_400_000));
    let saved = session.save();
    assert_eq!(saved.branches.len(), 2);
    let opened = Saved::from_text(&saved.to_file()).unwrap();
    assert_eq!(opened, saved);
    assert_eq!(snapshot(&opened.replay().unwrap()), snapshot(&session));
}

#[test]
fn a_file_can_be_read_by_a_person() {
    let mut session = session(3, 7);
    session.advance(300_000);
    let request = Request::put("name", &b"\xff\0"[..]);
    let (client, member) = (ClientId(1), NodeId(2));
    let action = Action::Request {
        client,
        member,
        request,
    };
    session.act(action).unwrap();
    let groups = vec![vec![NodeId(1)], vec![NodeId(2), NodeId(3)]];
    session.act(Action::Partition { groups }).unwrap();
    session.advance(1_000);
    let file = session.save().to_file();
    let step = session.recording().actions[0].step;
    let end = session.steps();
    assert_eq!(
        file,
        format!(
            r#"{{
  "format": "quorum recording",
  "version": 1,
  "seed": 7,
  "options": {{"members":3}},
  "current": 0,
  "playhead": {{"step":{end},"time_us":301000}},
  "branches": [
    {{
      "name": "main",
      "end": {{"step":{end},"time_us":301000}},
      "actions": [
        {{"step":{step},"time_us":300000,"do":{{"put":{{"client":1,"member":2,"key":"name","value":{{"base64":"/wA="}}}}}}}},
        {{"step":{next},"time_us":300000,"do":{{"partition":[[1],[2,3]]}}}}
      ]
    }}
  ]
}}
"#,
            next = step + 1
        )
    );
    assert_eq!(Saved::from_text(&file), Ok(session.save()));
}

#[test]
fn a_file_may_leave_out_what_is_as_usual() {
    let text = r#"{ "format": "quorum recording", "version": 1, "seed": 3,
        "branches": [ { "name": "main", "end": { "step": 4, "time_us": 100000 }, "actions": [] } ] }"#;
    let opened = Saved::from_text(text).unwrap();
    assert_eq!(opened.playhead, opened.branches[0].end);
    let usual = Session::new(Default::default(), 3).unwrap();
    assert_eq!(&opened.options, usual.options());
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let file = eventful(1).save().to_file();
    let with = |from: &str, to: &str| {
        assert!(file.contains(from), "{from}");
        file.replacen(from, to, 1)
    };
    assert_eq!(
        Saved::from_text(&with("\"version\": 1", "\"version\": 2, \"new\": []")),
        Err(OpenError::Newer(2))
    );
    assert_eq!(Saved::from_text("{\"a\": 1}"), Err(OpenError::Foreign));
    let other = with("quorum recording", "other");
    assert_eq!(Saved::from_text(&other), Err(OpenError::Foreign));
    assert_eq!(
        refusal("{ \"format\": 3"),
        "this file cannot be read: EOF while parsing an object at line 1 column 13"
    );
    let unknown = refusal(&with("\"seed\"", "\"sead\""));
    assert!(unknown.contains("unknown field `sead`"), "{unknown}");
    let unknown = refusal(&with("\"crash\"", "\"smash\""));
    assert!(unknown.contains("unknown variant `smash`"), "{unknown}");
    assert!(unknown.contains("line 14"), "where it is: {unknown}");
    let unknown = refusal(&with("\"members\":3", "\"members\":3,\"colour\":1"));
    assert!(unknown.contains("unknown field `colour`"), "{unknown}");
    let missing = refusal(&with("\"current\": 0", "\"current\": 1"));
    assert!(missing.contains("no such current branch"), "{missing}");
    let client = refusal(&with("\"client\":0", "\"client\":256"));
    assert!(client.contains("the number of a client"), "{client}");
}
