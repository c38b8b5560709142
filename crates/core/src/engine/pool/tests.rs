//! The rules of `QueuePool`, each as a transcript: what happens, and what the pool then wants done.
//!
//! `#n` is the n-th connection ever opened, waiters are plain numbers, `@30` moves the time to 30 s.

use super::*;

const SECOND: Nanos = 1_000_000_000;

/// Pool of 1 + 1 unless a case says otherwise: small enough to read.
fn small() -> PoolSettings {
    PoolSettings { pool_size: 1, max_overflow: 1, ..PoolSettings::default() }
}

fn check(name: &str, settings: PoolSettings, transcript: &str) {
    let mut pool = Pool::new(settings);
    let mut opened: Vec<ConnectionId> = Vec::new();
    let (mut now, mut out) = (0, Vec::new());
    for line in transcript.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (step, expected) = line.split_once("->").unwrap_or((line, ""));
        let mut words = step.split_whitespace().peekable();
        if let Some(time) = words.next_if(|word| word.starts_with('@')) {
            now = time[1..].parse::<u64>().unwrap() * SECOND;
        }
        if let Some(what) = words.next() {
            pool.on(now, input(what, words.next(), &opened, settings), &mut out);
        }
        let effects: Vec<String> = out.drain(..).map(|effect| text(effect, &mut opened)).collect();
        assert_eq!(effects.join(", "), expected.trim(), "{name}: {line}");
        assert_eq!(pool.validate(), Ok(()), "{name}: {line}");
    }
}

fn input(what: &str, whom: Option<&str>, opened: &[ConnectionId], settings: PoolSettings) -> Input {
    let number = || whom.unwrap().trim_start_matches('#').parse::<u64>().unwrap();
    let connection = || opened[number() as usize];
    match what {
        "out" => Input::Checkout { waiter: number() },
        "in" => Input::Checkin { connection: connection() },
        "broken" => Input::Broken { connection: connection() },
        "opened" => Input::Opened { connection: connection() },
        "failed" => Input::OpenFailed { connection: connection() },
        "no-pong" => Input::PingFailed { connection: connection() },
        "timeout" => Input::WaitTimedOut { waiter: number() },
        "give-up" => Input::GiveUp { waiter: number() },
        "invalidate" => Input::Invalidate,
        "streams" => Input::Reconfigure(PoolSettings { streams: number() as u32, ..settings }),
        "pool_size" => Input::Reconfigure(PoolSettings { pool_size: number() as u32, ..settings }),
        other => panic!("unknown step {other}"),
    }
}

fn text(effect: Effect, opened: &mut Vec<ConnectionId>) -> String {
    if let Effect::Open { connection, .. } = effect {
        opened.push(connection);
    }
    let number = |connection| opened.iter().position(|&known| known == connection).unwrap();
    match effect {
        Effect::Grant { waiter, connection, ping: false } => {
            format!("grant #{} to {waiter}", number(connection))
        }
        Effect::Grant { waiter, connection, ping: true } => {
            format!("ping #{} for {waiter}", number(connection))
        }
        Effect::Open { connection, waiter } => format!("open #{} for {waiter}", number(connection)),
        Effect::Close { connection } => format!("close #{}", number(connection)),
        Effect::SetTimer { waiter, at } => format!("{waiter} waits until {}", at / SECOND),
        Effect::CancelTimer { waiter } => format!("{waiter} waits no more"),
        Effect::Refuse { waiter, waited, reason } => {
            format!("refuse {waiter} after {}: {reason:?}", waited / SECOND)
        }
    }
}

#[test]
fn opens_lazily_waits_in_order_and_refuses_after_the_timeout() {
    check(
        "first come, first served",
        small(),
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> open #1 for 2
         opened #1    -> grant #1 to 2
         @5 out 3     -> 3 waits until 35
         out 4        -> 4 waits until 35
         @6 in #1     -> 3 waits no more, grant #1 to 3
         @35 timeout 4 -> refuse 4 after 30: TimedOut
         in #1
         in #0        -> close #0
         out 5        -> grant #1 to 5",
    );
    check(
        "a timeout of 0 refuses at once",
        PoolSettings { max_overflow: 0, timeout: 0, ..small() },
        "out 1 -> open #0 for 1
         out 2 -> refuse 2 after 0: TimedOut",
    );
}

/// `pool_size` 5 and `max_overflow` 10 by default: 15 out, the 16th waits; all returned, 5 stay.
#[test]
fn keeps_pool_size_whichever_come_back_first() {
    for order in [(0..15).collect::<Vec<usize>>(), (0..15).rev().collect()] {
        let mut pool = Pool::new(PoolSettings::default());
        assert_eq!(pool.limit(), Some(15));
        let mut held = Vec::new();
        let mut out = Vec::new();
        for waiter in 0..15 {
            pool.on(0, Input::Checkout { waiter }, &mut out);
            let Some(Effect::Open { connection, .. }) = out.pop() else { panic!("no room for {waiter}") };
            pool.on(0, Input::Opened { connection }, &mut out);
            held.push(connection);
        }
        assert_eq!((pool.open(), pool.in_use(), pool.idle()), (15, 15, 0));
        out.clear();
        for &at in &order {
            pool.on(0, Input::Checkin { connection: held[at] }, &mut out);
        }
        let closed: Vec<Effect> =
            order[5..].iter().map(|&at| Effect::Close { connection: held[at] }).collect();
        assert_eq!(out, closed);
        assert_eq!((pool.open(), pool.in_use(), pool.idle()), (5, 0, 5));
    }
}

#[test]
fn pool_size_0_is_no_limit_and_keeps_all() {
    let mut pool = Pool::new(PoolSettings { pool_size: 0, max_overflow: 0, ..PoolSettings::default() });
    let mut out = Vec::new();
    for waiter in 0..100 {
        pool.on(0, Input::Checkout { waiter }, &mut out);
    }
    assert_eq!((pool.limit(), pool.open(), pool.waiting()), (None, 100, 0));
    for effect in std::mem::take(&mut out) {
        let Effect::Open { connection, .. } = effect else { panic!("{effect:?}") };
        pool.on(0, Input::Opened { connection }, &mut out);
        pool.on(0, Input::Checkin { connection }, &mut out);
    }
    assert_eq!((pool.open(), pool.idle()), (100, 100));
}

#[test]
fn hands_out_the_longest_idle_or_the_last_returned() {
    let two = PoolSettings { pool_size: 2, ..small() };
    let returned = "out 1 -> open #0 for 1
         out 2        -> open #1 for 2
         opened #0    -> grant #0 to 1
         opened #1    -> grant #1 to 2
         in #0
         in #1";
    for (use_lifo, first) in [(false, 0), (true, 1)] {
        let transcript = format!("{returned}\n out 3 -> grant #{first} to 3");
        check("order of idle connections", PoolSettings { use_lifo, ..two }, &transcript);
    }
}

#[test]
fn recycles_at_checkout_only() {
    check(
        "older than recycle",
        PoolSettings { recycle: Some(60 * SECOND), ..small() },
        "@1 out 1     -> open #0 for 1
         opened #0    -> grant #0 to 1
         @9 in #0
         @61 out 2    -> grant #0 to 2
         @500 in #0
         @501 out 3   -> close #0, open #1 for 3
         opened #1    -> grant #1 to 3",
    );
}

#[test]
fn pings_what_was_used_before() {
    check(
        "a failed ping reconnects at once, and the others of that time at their checkout",
        PoolSettings { pool_size: 2, pre_ping: true, ..small() },
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> open #1 for 2
         opened #1    -> grant #1 to 2
         in #0
         in #1
         @9 out 3     -> ping #0 for 3
         no-pong #0   -> close #0, open #2 for 3
         opened #2    -> grant #2 to 3
         out 4        -> close #1, open #3 for 4
         opened #3    -> grant #3 to 4
         in #2
         out 5        -> ping #2 for 5",
    );
}

#[test]
fn a_failed_opening_wakes_nobody() {
    check(
        "the waiter sleeps out its time, then opens instead of giving up",
        PoolSettings { max_overflow: 0, ..small() },
        "out 1         -> open #0 for 1
         out 2         -> 2 waits until 30
         @3 failed #0  -> refuse 1 after 3: OpenFailed
         @30 timeout 2 -> open #1 for 2
         opened #1     -> grant #1 to 2",
    );
    check(
        "a newcomer may take the room first",
        PoolSettings { max_overflow: 0, ..small() },
        "out 1         -> open #0 for 1
         out 2         -> 2 waits until 30
         failed #0     -> refuse 1 after 0: OpenFailed
         @1 out 3      -> open #1 for 3
         @30 timeout 2 -> refuse 2 after 30: TimedOut",
    );
}

#[test]
fn a_failed_reopening_keeps_its_place() {
    check(
        "the next waiter tries again there",
        PoolSettings { max_overflow: 0, ..small() },
        "out 1         -> open #0 for 1
         opened #0     -> grant #0 to 1
         broken #0     -> close #0
         out 2         -> open #1 for 2
         @1 out 3      -> 3 waits until 31
         @2 failed #1  -> refuse 2 after 2: OpenFailed, 3 waits no more, open #2 for 3
         @3 failed #2  -> refuse 3 after 2: OpenFailed
         out 4         -> open #3 for 4",
    );
}

#[test]
fn a_broken_connection_makes_all_of_its_time_suspect() {
    check(
        "in use ones finish, then reconnect",
        PoolSettings { pool_size: 2, ..small() },
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> open #1 for 2
         opened #1    -> grant #1 to 2
         broken #0    -> close #0
         in #1
         in #0
         out 3        -> open #2 for 3
         out 4        -> close #1, open #3 for 4
         invalidate
         opened #2    -> grant #2 to 3
         in #2
         out 5        -> close #2, open #4 for 5",
    );
}

#[test]
fn giving_up_leaves_no_trace() {
    check(
        "while waiting, while opening, while reopening, with a connection",
        PoolSettings { max_overflow: 0, ..small() },
        "out 1        -> open #0 for 1
         out 2        -> 2 waits until 30
         give-up 2    -> 2 waits no more
         give-up 1    -> close #0
         opened #0
         out 3        -> open #1 for 3
         opened #1    -> grant #1 to 3
         give-up 3
         in #1
         invalidate
         out 4        -> close #1, open #2 for 4
         out 5        -> 5 waits until 30
         give-up 4    -> close #2, 5 waits no more, open #3 for 5",
    );
}

#[test]
fn new_settings_apply_under_load() {
    check(
        "room that is new goes to those who wait",
        PoolSettings { max_overflow: 0, ..small() },
        "out 1        -> open #0 for 1
         out 2        -> 2 waits until 30
         out 3        -> 3 waits until 30
         pool_size 2  -> 2 waits no more, open #1 for 2
         pool_size 0  -> 3 waits no more, open #2 for 3",
    );
    check(
        "those in use finish, then the pool shrinks, before anybody else is served",
        PoolSettings { pool_size: 3, max_overflow: 0, ..small() },
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> open #1 for 2
         opened #1    -> grant #1 to 2
         out 3        -> open #2 for 3
         opened #2    -> grant #2 to 3
         out 4        -> 4 waits until 30
         pool_size 1
         in #0        -> close #0
         in #1        -> close #1
         in #2        -> 4 waits no more, grant #2 to 4",
    );
    check(
        "idle ones are closed at once, the longest idle first",
        PoolSettings { pool_size: 2, ..small() },
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> open #1 for 2
         opened #1    -> grant #1 to 2
         in #1
         in #0
         pool_size 1  -> close #1",
    );
}

/// HTTP/2: so many calls at once over one connection (RFC 9113, section 5.1.2).
fn streams(streams: u32, max_overflow: u32) -> PoolSettings {
    PoolSettings { streams, max_overflow, ..small() }
}

#[test]
fn a_connection_carries_several_calls() {
    check(
        "one for all, as many as there are streams; the next waits for a stream, not for a connection",
        streams(3, 0),
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> grant #0 to 2
         out 3        -> grant #0 to 3
         out 4        -> 4 waits until 30
         in #0        -> 4 waits no more, grant #0 to 4
         in #0
         out 5        -> grant #0 to 5
         in #0
         in #0
         in #0
         out 6        -> grant #0 to 6",
    );
    check(
        "a second one only when the first is full, and the oldest with room first",
        streams(2, 1),
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> grant #0 to 2
         out 3        -> open #1 for 3
         opened #1    -> grant #1 to 3
         in #0
         out 4        -> grant #0 to 4
         out 5        -> grant #1 to 5",
    );
    check(
        "those in use before idle ones, so that idle ones stay so",
        PoolSettings { pool_size: 2, ..streams(2, 0) },
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> grant #0 to 2
         out 3        -> open #1 for 3
         opened #1    -> grant #1 to 3
         in #0
         in #0
         out 4        -> grant #1 to 4
         out 5        -> grant #0 to 5",
    );
}

#[test]
fn an_opening_is_waited_for_by_as_many_as_fit() {
    check(
        "a second connection only for those who do not fit",
        streams(3, 1),
        "out 1        -> open #0 for 1
         out 2        -> 2 waits until 30
         out 3        -> 3 waits until 30
         out 4        -> open #1 for 4
         opened #0    -> grant #0 to 1, 2 waits no more, grant #0 to 2, 3 waits no more, grant #0 to 3",
    );
    check(
        "also with a timeout of 0: it is no wait for others",
        PoolSettings { timeout: 0, ..streams(2, 0) },
        "out 1        -> open #0 for 1
         out 2
         out 3        -> refuse 3 after 0: TimedOut
         opened #0    -> grant #0 to 1, 2 waits no more, grant #0 to 2",
    );
    check(
        "its opener gives up: the next goes on with it",
        streams(3, 0),
        "out 1        -> open #0 for 1
         out 2        -> 2 waits until 30
         give-up 1    -> 2 waits no more
         opened #0    -> grant #0 to 2
         in #0
         out 3        -> grant #0 to 3",
    );
    check(
        "it fails: its opener is refused, the next opens anew",
        streams(3, 0),
        "out 1        -> open #0 for 1
         @1 out 2     -> 2 waits until 31
         out 3        -> 3 waits until 31
         @3 failed #0 -> refuse 1 after 3: OpenFailed, 2 waits no more, open #1 for 2
         opened #1    -> grant #1 to 2, 3 waits no more, grant #1 to 3",
    );
    check(
        "time is up before it is open: refused, though there is room",
        streams(3, 1),
        "out 1        -> open #0 for 1
         out 2        -> 2 waits until 30
         @30 timeout 2 -> refuse 2 after 30: TimedOut",
    );
}

#[test]
fn a_connection_with_several_calls_ends_after_the_last() {
    check(
        "too old: no more calls, closed after its last; another beside it, if there is room",
        PoolSettings { recycle: Some(60 * SECOND), ..streams(9, 1) },
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         @60 out 2    -> grant #0 to 2
         @61 out 3    -> open #1 for 3
         opened #1    -> grant #1 to 3
         in #0
         out 4        -> grant #1 to 4
         in #0        -> close #0",
    );
    check(
        "without room beside it all wait for its last call",
        PoolSettings { recycle: Some(60 * SECOND), ..streams(9, 0) },
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> grant #0 to 2
         @61 out 3    -> 3 waits until 91
         out 4        -> 4 waits until 91
         in #0
         in #0        -> 3 waits no more, close #0, open #1 for 3
         opened #1    -> grant #1 to 3, 4 waits no more, grant #1 to 4",
    );
    check(
        "broken: for all who are on it, whoever returns first",
        streams(9, 0),
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> grant #0 to 2
         broken #0    -> close #0
         out 3        -> open #1 for 3
         in #0
         opened #1    -> grant #1 to 3
         in #0
         out 4        -> grant #1 to 4",
    );
    check(
        "tested where it was idle; those who join do not test it, and a failed test ends it for them too",
        PoolSettings { pre_ping: true, ..streams(9, 0) },
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         in #0
         out 2        -> ping #0 for 2
         out 3        -> grant #0 to 3
         no-pong #0   -> close #0, open #1 for 2
         in #0
         opened #1    -> grant #1 to 2",
    );
}

#[test]
fn streams_change_under_load() {
    check(
        "more at once; fewer when those on it have ended",
        streams(1, 0),
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> 2 waits until 30
         out 3        -> 3 waits until 30
         streams 2    -> 2 waits no more, grant #0 to 2
         streams 3    -> 3 waits no more, grant #0 to 3
         streams 1
         out 4        -> 4 waits until 30
         in #0
         in #0
         in #0        -> 4 waits no more, grant #0 to 4",
    );
    check(
        "while the pool shrinks nobody else is served",
        PoolSettings { pool_size: 2, ..streams(2, 0) },
        "out 1        -> open #0 for 1
         opened #0    -> grant #0 to 1
         out 2        -> grant #0 to 2
         out 3        -> open #1 for 3
         opened #1    -> grant #1 to 3
         pool_size 1
         out 4        -> 4 waits until 30
         in #0
         in #1        -> close #1, 4 waits no more, grant #0 to 4",
    );
}

#[test]
fn the_same_load_again_takes_no_more_memory() {
    let mut pool = Pool::new(small());
    let mut out = Vec::new();
    let mut after_first = 0;
    for round in 0..50 {
        let mut held = Vec::new();
        for waiter in 0..10 {
            pool.on(round, Input::Checkout { waiter }, &mut out);
        }
        loop {
            match out.pop() {
                Some(Effect::Open { connection, .. }) => {
                    pool.on(round, Input::Opened { connection }, &mut out);
                }
                Some(Effect::Grant { connection, .. }) => held.push(connection),
                Some(_) => {}
                None => match held.pop() {
                    Some(connection) => pool.on(round, Input::Checkin { connection }, &mut out),
                    None => break,
                },
            }
        }
        assert_eq!((pool.waiting(), pool.in_use(), pool.idle()), (0, 0, 1));
        if round == 0 {
            after_first = pool.memory();
        }
    }
    assert_eq!(pool.memory(), after_first);
}
