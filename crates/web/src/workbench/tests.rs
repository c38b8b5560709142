//! The workbench without a browser: a desk that is told things, and a bench that hears its answers.

use super::desk::{Desk, File};
use super::page::bench::{Action, Bench};
use super::protocol::{Answer, Command, Reading, Stand};
use super::settings::{Settings, Trace};
use headroom_core::engine::cache::{Access, Capacity, Policy, Replay};
use headroom_core::race::{Generator, Recipe};

/// A desk whose slices end after a number of looks, with a clock that goes on by a slice.
#[derive(Default)]
struct Room {
    desk: Desk,
    now: f64,
}

impl Room {
    fn hear(&mut self, command: Command, file: Option<File>) -> Vec<Answer> {
        let mut out = Vec::new();
        self.desk.hear(command, file, self.now, &mut out);
        out
    }

    /// Works to the end; every answer on the way.
    fn work(&mut self) -> Vec<Answer> {
        let mut out = Vec::new();
        while self.desk.is_busy() {
            self.now += 8.0;
            let mut looks = 0;
            let mut enough = || {
                looks += 1;
                looks > 3
            };
            self.desk.work(self.now, &mut enough, &mut out);
        }
        out
    }
}

fn file(bytes: Vec<u8>) -> Option<File> {
    let size = bytes.len() as f64;
    Some(File { input: Box::new(std::io::Cursor::new(bytes)), size })
}

fn keys() -> Vec<u64> {
    let recipe = Recipe { requests: 30_000, every: 5_000, length: 500, keys: 3_000, ..Recipe::default() };
    let mut accesses = Vec::new();
    Generator::new(recipe).unwrap().fill(u64::MAX, &mut accesses);
    accesses.iter().map(|access| access.key).collect()
}

fn read(name: &str, reading: Reading) -> Command {
    Command::Read { trace: 1, name: name.to_owned(), reading }
}

fn race(contenders: &[&str], capacity: u64, in_bytes: bool, to: u64) -> Command {
    let contenders = contenders.iter().map(ToString::to_string).collect();
    Command::Race { contenders, capacity, in_bytes, to }
}

fn last_stand(answers: &[Answer]) -> &Stand {
    let stand = answers.iter().rev().find_map(|answer| match answer {
        Answer::Stand(stand) => Some(stand),
        _ => None,
    });
    stand.expect("the race was told")
}

/// Each format of the same accesses gives the same misses, and those of a replay.
#[test]
fn a_file_gives_what_a_replay_gives() {
    let keys = keys();
    let text: String = keys.iter().map(|key| format!("{key},7\n")).collect();
    let csv = Reading { size_column: "bytes".to_owned(), ..Reading::default() };
    let files: [(&str, Vec<u8>, Reading); 3] = [
        ("keys.u64le", keys.iter().flat_map(|key| key.to_le_bytes()).collect(), Reading::default()),
        ("keys.csv", format!("key,bytes\n{text}").into_bytes(), csv.clone()),
        (
            "keys",
            text.into_bytes(),
            Reading { format: "csv".to_owned(), no_header: true, ..Reading::default() },
        ),
    ];
    let settings = headroom_core::engine::cache::Settings {
        policy: Policy::Sieve,
        capacity: Capacity::Entries(100),
        ttl: None,
    };
    let mut replay = Replay::new(settings, 1);
    keys.iter().enumerate().for_each(|(at, key)| _ = replay.access(&Access::read(at as u64, *key)));
    for (name, bytes, reading) in files {
        let mut room = Room::default();
        assert_eq!(room.hear(read(name, reading), file(bytes)), []);
        room.hear(race(&["sieve"], 100, false, u64::MAX), None);
        let answers = room.work();
        let stand = last_stand(&answers);
        assert_eq!((stand.at, stand.to, stand.playing), (30_000, 30_000, false), "{name}");
        let lane = &stand.lanes[0];
        assert_eq!((lane.requests, lane.misses), (30_000, replay.counts().misses), "{name}");
        assert!(lane.told.is_some() && lane.entries == 100 && lane.cells.len() == 50);
        let opened = answers.iter().find_map(|answer| match answer {
            Answer::Opened { about, .. } => Some(about),
            _ => None,
        });
        let has_sizes = name == "keys.csv";
        assert_eq!(opened.unwrap().bytes, has_sizes.then(|| 7 * opened.unwrap().keys), "{name}");
        assert!(
            matches!(answers.last(), Some(Answer::Curve { done: 1.0, points, .. }) if points.len() == 12)
        );
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    let cases: [(&str, &[u8], Reading, &str); 6] = [
        ("notes.txt", b"1\n2\n", Reading::default(), "choose one"),
        ("keys.u32le", b"", Reading::default(), "no accesses"),
        ("keys.u32le", b"12345", Reading::default(), "byte 4"),
        ("keys.u32le.zst", b"no zstd at all", Reading::default(), "no Zstandard frame"),
        (
            "keys.csv",
            b"a,b\n1,2\n",
            Reading { key_column: "c".to_owned(), ..Reading::default() },
            "called c;",
        ),
        ("keys.csv", b"1\n", Reading { key_column: "0".to_owned(), ..Reading::default() }, "from 1"),
    ];
    for (name, bytes, reading, expected) in cases {
        let mut room = Room::default();
        let mut answers = room.hear(read(name, reading), file(bytes.to_vec()));
        answers.extend(room.work());
        room.hear(race(&["lru"], 2, false, 0), None);
        // What shall play and is not there is nothing to do.
        room.hear(Command::Play { per_second: 10.0 }, None);
        answers.extend(room.work());
        let [Answer::Failed { trace: 1, message }] = &answers[..] else { panic!("{name}: {answers:?}") };
        assert!(message.contains(expected), "{name}: {message}");
        // Another trace can be opened after it.
        room.hear(read("keys.u32le", Reading::default()), file(vec![0; 400]));
        room.hear(race(&["lru"], 2, false, 0), None);
        assert!(matches!(room.work().last(), Some(Answer::Curve { .. })));
    }
}

#[test]
fn bad_records_are_skipped_and_counted() {
    let mut room = Room::default();
    let reading = Reading { skip_bad: true, size_column: "2".to_owned(), ..Reading::default() };
    room.hear(read("keys.csv", reading), file(b"key,size\n1,10\n2,many\n3,10\n".to_vec()));
    let answers = room.work();
    let Some(Answer::Opened { about, .. }) = answers.last() else { panic!("{answers:?}") };
    assert_eq!((about.accesses, about.skipped), (2, 1));
    assert!(about.first_fault.contains("line 3"), "{}", about.first_fault);
}

/// Playing goes as fast as it is told, stepping goes one by one, and pausing stays where it is.
#[test]
fn a_race_is_played_stepped_and_paused() {
    let mut room = Room::default();
    room.hear(
        read("k.u64le", Reading::default()),
        file(keys().iter().flat_map(|key| key.to_le_bytes()).collect()),
    );
    room.hear(race(&["lru", "belady"], 50, false, 0), None);
    room.work();
    room.hear(Command::Play { per_second: 1_000.0 }, None);
    let (begun, mut out) = (room.now, Vec::new());
    while room.now < begun + 2_000.0 {
        room.now += 8.0;
        room.desk.work(room.now, &mut || false, &mut out);
    }
    let at = last_stand(&out).at;
    assert!((1_900..=2_000).contains(&at), "{at} accesses in 2 s at 1,000 a second");
    let paused = room.hear(Command::Pause, None);
    let paused = last_stand(&paused);
    assert!(!paused.playing && paused.at >= at && paused.lanes.iter().all(|lane| lane.told.is_some()));
    for to in [paused.at + 1, paused.at] {
        room.hear(Command::Go(to), None);
        assert_eq!(last_stand(&room.work()).at, to);
    }
    // Another capacity begins anew and comes back to the same access.
    room.hear(race(&["lru", "belady"], 500, false, 1_000), None);
    let answers = room.work();
    assert_eq!(last_stand(&answers).at, 1_000);
    assert!(!answers.iter().any(|answer| matches!(answer, Answer::Curve { .. })), "the curve is the same");
}

/// A bench and a desk that talk until both are at rest.
fn talk(bench: &mut Bench, room: &mut Room, heard: &mut u64) {
    let commands: Vec<Command> = bench.since(*heard).to_vec();
    *heard = bench.sent;
    let mut answers: Vec<Answer> =
        commands.into_iter().flat_map(|command| room.hear(command, None)).collect();
    answers.extend(room.work());
    for answer in answers {
        *bench = bench.after(Action::Answer(Box::new(answer)));
    }
}

#[test]
fn a_bench_takes_back_what_was_chosen() {
    let settings = Settings::read("?trace=zipf&requests=2000&keys=500&capacity=20&policies=lru,fifo");
    let (mut bench, mut room, mut heard) = (Bench::new(settings.clone(), true), Room::default(), 0);
    talk(&mut bench, &mut room, &mut heard);
    assert_eq!((bench.stand.at, bench.playing, bench.curve_done), (2_000, false, 1.0));
    let misses = bench.stand.lanes[0].misses;
    let larger = Settings { capacity: 200, ..settings.clone() };
    bench = bench.after(Action::Choose(larger.clone()));
    talk(&mut bench, &mut room, &mut heard);
    assert!(bench.stand.at == 2_000 && bench.stand.lanes[0].misses < misses && bench.can_undo());
    bench = bench.after(Action::Undo);
    talk(&mut bench, &mut room, &mut heard);
    assert_eq!((&bench.settings, bench.stand.lanes[0].misses), (&settings, misses));
    bench = bench.after(Action::Redo);
    talk(&mut bench, &mut room, &mut heard);
    assert!(bench.settings == larger && !bench.can_redo());
    // Another trace begins at its start.
    bench = bench.after(Action::Choose(Settings { recipe: Recipe { seed: 9, ..larger.recipe }, ..larger }));
    assert!(bench.opening.is_some());
    talk(&mut bench, &mut room, &mut heard);
    assert_eq!((bench.stand.at, bench.stand.trace), (0, 2));
    bench = bench.after(Action::Go(7));
    talk(&mut bench, &mut room, &mut heard);
    assert_eq!(bench.stand.at, 7);
}

#[test]
fn a_file_that_is_not_there_is_asked_for_again() {
    let (mut bench, mut room, mut heard) = (Bench::new(Settings::default(), false), Room::default(), 0);
    talk(&mut bench, &mut room, &mut heard);
    bench = bench.after(Action::File("keys.u32le".to_owned()));
    assert_eq!(bench.settings.trace, Trace::File);
    talk(&mut bench, &mut room, &mut heard);
    assert!(bench.failed.as_deref().is_some_and(|message| message.contains("choose it again")));
    // What was there before is a step back.
    bench = bench.after(Action::Undo);
    talk(&mut bench, &mut room, &mut heard);
    assert!(bench.failed.is_none() && bench.about.is_some());
    assert!(!bench.can_undo());
}
