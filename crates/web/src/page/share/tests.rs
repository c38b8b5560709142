//! Links are packed and read back; damaged, foreign and hostile ones are refused.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn act(at_us: Micros, act: Act) -> TimedAct {
    TimedAct { at_us, act }
}

fn every_act() -> Vec<TimedAct> {
    let node = || "app".to_owned();
    let acts = [
        Act::Set { path: "links.\"app -> db\".pool.pool_size".into(), value: json!(20) },
        Act::Kill { node: node(), slot: Some(1) },
        Act::Start { node: node(), slot: None },
        Act::Drain { node: node(), slot: Some(0) },
        Act::Flush { node: node() },
        Act::Slow { node: node(), factor: 3.0, for_us: 5e6 },
        Act::Partition { between: [node(), "db".into()], for_us: 1.0 },
        Act::Spike { node: node(), factor: 5.0, for_us: 12e6 },
        Act::Purge { node: node(), tag: 3, soft: false },
        Act::Purge { node: node(), tag: 0, soft: true },
        Act::Pause { node: node(), slot: Some(1), for_us: 3e6 },
        Act::Fail { node: node(), ratio: 0.3, for_us: 4e6 },
        Act::Lose { between: [node(), "db".into()], ratio: 0.05, for_us: 5e6 },
        Act::Outage { place: ZonePlace { zone: "b".into(), region: None }, for_us: 10e6 },
        Act::Outage { place: ZonePlace { zone: "a".into(), region: Some("sydney".into()) }, for_us: 10e6 },
    ];
    acts.into_iter().enumerate().map(|(index, what)| act(index as f64 * 1_000_001.0, what)).collect()
}

#[test]
fn every_act_survives_the_file() {
    let set = vec![("nodes.cache.capacity".to_owned(), json!(500))];
    let file = RunFile::new("what-a-miss-costs", 1, set.clone(), &every_act(), 52e6);
    let Shared::Run(read) = RunFile::read(&file.write()) else { panic!("{}", file.write()) };
    assert_eq!(read, file);
    assert_eq!(read.acts(), every_act());
    assert_eq!(read.settings(), set);
    assert_eq!(read.until_us(), 52e6);
}

#[test]
fn acts_are_written_as_in_scenario_files() {
    let file = RunFile::new("a", 1, Vec::new(), &every_act()[1..2], 0.0);
    assert_eq!(
        serde_json::to_value(&file.actions).unwrap(),
        json!([{ "at": "1000001us", "do": "kill", "node": "app[1]" }])
    );
    let file = RunFile::new("a", 1, Vec::new(), &every_act()[8..10], 0.0);
    assert_eq!(
        serde_json::to_value(&file.actions).unwrap(),
        json!([
            { "at": "8000008us", "do": "purge", "node": "app", "tag": 3 },
            { "at": "9000009us", "do": "purge", "node": "app", "tag": 0, "soft": true },
        ])
    );
}

#[test]
fn what_cannot_be_used_is_damaged() {
    let cases = [
        "",
        "[]",
        "{}",
        r#"{"headroom":1,"engine":1}"#,
        r#"{"headroom":2,"engine":1,"lab":"a"}"#,
        r#"{"headroom":1,"engine":1,"lab":"a","until":-1}"#,
        r#"{"headroom":1,"engine":1,"lab":"a","colour":1}"#,
        r#"{"headroom":1,"engine":1,"lab":"a","seed":9007199254740993}"#,
        r#"{"headroom":1,"engine":1,"lab":"a","actions":[{"at":"1s","do":"explode"}]}"#,
        r#"{"headroom":1,"engine":1,"lab":"a","actions":[{"at":"soon","do":"flush","node":"x"}]}"#,
        r#"{"headroom":1,"engine":1,"lab":"a","actions":[{"at":"1s","do":"purge","node":"x"}]}"#,
        r#"{"headroom":1,"engine":1,"lab":"a","actions":[{"at":"1s","do":"purge","node":"x","tag":-1}]}"#,
    ];
    for json in cases {
        assert_eq!(RunFile::read(json), Shared::Damaged, "{json}");
    }
    assert_eq!(RunFile::read(&" ".repeat(LONGEST + 1)), Shared::Damaged);
}

#[test]
fn an_inflated_file_over_1_mib_is_damaged_and_one_just_below_is_read() {
    let padded = |length: usize| {
        let json = RunFile::new("a", 1, Vec::new(), &[], 0.0).write();
        format!("{json}{}", " ".repeat(length - json.len()))
    };
    assert!(matches!(RunFile::read(&padded(LONGEST)), Shared::Run(_)));
    assert_eq!(RunFile::read(&padded(LONGEST + 1)), Shared::Damaged);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    #[test]
    fn no_text_makes_reading_panic(text in ".{0,300}") {
        let _ = RunFile::read(&text);
        let _ = super::base64::decode(&text);
    }

    #[test]
    fn no_damaged_file_makes_reading_panic(at in 0usize..400, byte in any::<u8>()) {
        let mut bytes = RunFile::new("a", 1, Vec::new(), &every_act(), 1.0).write().into_bytes();
        let place = at % bytes.len();
        bytes[place] = byte;
        if let Ok(text) = String::from_utf8(bytes)
            && let Shared::Run(file) = RunFile::read(&text)
        {
            prop_assert_eq!(file.acts().len(), file.actions.len());
        }
    }

    #[test]
    fn bytes_survive_base64(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        prop_assert_eq!(super::base64::decode(&super::base64::encode(&bytes)), Some(bytes));
    }
}
