//! The desk as the page uses it, without a browser.

use super::desk::{Desk, Out};
use crate::protocol::frame::{Frame, Hop, Status};
use crate::protocol::{
    Act, Answer, Command, ControlKind, Effect, Happening, Source, TimedAct, TraceSpan, ZonePlace,
};
use crate::scene::marks::Shape;
use crate::scene::state::Scene;
use headroom_labs::labs;
use std::rc::Rc;

fn hear(desk: &mut Desk, command: Command) -> Vec<Out> {
    let mut out = Vec::new();
    desk.hear(command, &mut out, &mut || false);
    while desk.is_busy() {
        desk.work(&mut out, &mut || false);
    }
    out
}

/// Only a first slice of time: a search or a judgement has just begun.
fn hear_once(desk: &mut Desk, command: Command) -> Vec<Out> {
    let mut out = Vec::new();
    desk.hear(command, &mut out, &mut || true);
    out
}

fn load(lab: &str) -> Command {
    Command::Load {
        run: 1,
        source: Source::Lab(lab.to_owned()),
        set: Vec::new(),
        actions: Vec::new(),
        seed: None,
        at_us: 0.0,
    }
}

fn frame(out: &[Out]) -> &Frame {
    let mut frames = out.iter().rev().filter_map(|out| match out {
        Out::Frame(frame) => Some(&**frame),
        Out::Answer(_) => None,
    });
    frames.next().expect("a frame")
}

fn answers(out: &[Out]) -> impl Iterator<Item = &Answer> {
    out.iter().filter_map(|out| match out {
        Out::Answer(answer) => Some(&**answer),
        Out::Frame(_) => None,
    })
}

#[test]
fn every_lab_loads_and_offers_the_knobs_of_its_steps() {
    for lab in labs() {
        let mut desk = Desk::default();
        let out = hear(&mut desk, load(&lab.id));
        let view = answers(&out).find_map(|answer| match answer {
            Answer::Loaded { view, .. } => Some(view),
            _ => None,
        });
        let view = view.unwrap_or_else(|| panic!("{}: {out:?}", lab.id));
        for (step, path) in lab.steps.iter().flat_map(|step| step.knobs.iter().map(move |path| (step, path)))
        {
            let control = view.controls.iter().any(|control| control.path == *path);
            // A list or a table has no control: the lab's own options stand for it, and the step says which it begins with.
            let by_lab = lab.knobs.iter().any(|knob| knob.path == *path && !knob.options.is_empty())
                && step.start.iter().any(|(key, _)| key == path);
            assert!(control || by_lab, "{}: no control {path}", lab.id);
        }
        assert_eq!(frame(&out).instances.len(), view.instances.len(), "{}", lab.id);
    }
}

#[test]
fn every_setting_is_explained_and_what_needs_a_restart_is_only_shown() {
    for lab in labs() {
        let out = hear(&mut Desk::default(), load(&lab.id));
        let views = answers(&out).filter_map(|answer| match answer {
            Answer::Loaded { view, .. } => Some(view),
            _ => None,
        });
        for control in views.flat_map(|view| &view.controls) {
            assert!(control.help.ends_with('.'), "{}: {:?}", control.path, control.help);
            let offered = !matches!(control.kind, ControlKind::Fixed);
            assert!(!(offered && control.effect == Effect::Restart), "{}", control.path);
            if let ControlKind::Number { min, max, step, .. } | ControlKind::Duration { min, max, step, .. } =
                control.kind
            {
                assert!(min < max && step > 0.0 && step < max - min, "{}", control.path);
            }
        }
    }
}

#[test]
fn a_tick_advances_by_its_time_and_answers_one_frame() {
    let mut desk = Desk::default();
    hear(&mut desk, load("busy-is-not-full"));
    for n in 1..=200 {
        let out = hear(&mut desk, Command::Tick { run: 1, wall_ms: 16.0, speed: 1.0 });
        assert_eq!(out.iter().filter(|out| matches!(out, Out::Frame(_))).count(), 1);
        assert!((frame(&out).time - f64::from(n) * 16_000.0).abs() < 1.0);
    }
    let out = hear(&mut desk, Command::Tick { run: 1, wall_ms: 16.0, speed: 1.0 });
    let (sent, inside) = (frame(&out).sent, frame(&out).inside);
    assert!(sent > 50.0 && inside < sent, "{sent} sent, {inside} inside");
    let stale = hear(&mut desk, Command::Tick { run: 7, wall_ms: 16.0, speed: 1.0 });
    assert!(stale.is_empty(), "commands of another run are dropped");
}

#[test]
fn figures_after_a_jump_with_other_acts_are_of_the_last_second() {
    let mut desk = Desk::default();
    hear(&mut desk, load("what-a-miss-costs"));
    for _ in 0..20 {
        hear(&mut desk, Command::Tick { run: 1, wall_ms: 100.0, speed: 1.0 });
    }
    // Five times the traffic from 0:43 to 0:55: a mean over the way would be far above the 1,200 a second at the end.
    let set = Act::Set { path: "nodes.cache.capacity".to_owned(), value: 500.into() };
    let actions = vec![TimedAct { at_us: 0.0, act: set }];
    let mut out = hear(&mut desk, Command::SetActions { run: 1, actions, at_us: 60e6 });
    while !out.iter().any(|out| matches!(out, Out::Frame(frame) if frame.time >= 60e6)) {
        out = hear(&mut desk, Command::Tick { run: 1, wall_ms: 16.0, speed: 1.0 });
    }
    let rate = frame(&out).instances[0].rate;
    assert!((1_000.0..1_400.0).contains(&rate), "{rate} a second");
}

#[test]
fn a_run_that_is_paused_has_told_all_its_rows() {
    let mut desk = Desk::default();
    hear(&mut desk, load("busy-is-not-full"));
    let rows = |out: &[Out]| -> usize {
        let told = answers(out).filter_map(|answer| match answer {
            Answer::Series { from, rows, .. } => Some(*from as usize + rows.len()),
            _ => None,
        });
        told.max().unwrap_or(0)
    };
    // So fast that a frame is 7 seconds long, and charts get every sixth.
    let mut told = 0;
    for _ in 0..10 {
        told = told.max(rows(&hear(&mut desk, Command::Tick { run: 1, wall_ms: 16.0, speed: 420.0 })));
    }
    assert!(told < 10 * 26, "{told} rows");
    let last = hear(&mut desk, Command::Tick { run: 1, wall_ms: 0.0, speed: 0.0 });
    assert_eq!(rows(&last), (frame(&last).time / crate::protocol::WINDOW) as usize);
}

#[test]
fn acts_are_felt_undone_and_told() {
    let mut desk = Desk::default();
    hear(&mut desk, load("what-a-miss-costs"));
    hear(&mut desk, Command::RunFor { run: 1, until_us: 20e6 });
    let report = |desk: &mut Desk| {
        let out = hear(desk, Command::Report { run: 1 });
        let digest = answers(&out).find_map(|answer| match answer {
            Answer::Reported { report, .. } => report["digest"].as_str().map(str::to_owned),
            _ => None,
        });
        digest.expect("a report")
    };
    let plain = report(&mut desk);
    let set = Act::Set { path: "nodes.cache.capacity".to_owned(), value: 500.into() };
    let actions = vec![TimedAct { at_us: 15e6, act: set }];
    let out = hear(&mut desk, Command::SetActions { run: 1, actions, at_us: 20e6 });
    let changed = answers(&out).find_map(|answer| match answer {
        Answer::Loaded { view, .. } => Some(view.changed_from.clone()),
        _ => None,
    });
    assert_eq!(changed, Some(vec![("nodes.cache.capacity".to_owned(), 2000.into())]));
    assert_eq!(frame(&out).time, 20e6);
    assert_ne!(report(&mut desk), plain);
    hear(&mut desk, Command::SetActions { run: 1, actions: Vec::new(), at_us: 20e6 });
    assert_eq!(report(&mut desk), plain, "undone without a trace");
    let bad = vec![TimedAct {
        at_us: 15e6,
        act: Act::Set { path: "nodes.cache.capacity".to_owned(), value: 0.into() },
    }];
    let out = hear(&mut desk, Command::SetActions { run: 1, actions: bad, at_us: 20e6 });
    assert!(
        answers(&out)
            .any(|answer| matches!(answer, Answer::Problems { problems, .. } if problems.len() == 1))
    );
    assert!(answers(&out).any(|answer| matches!(answer, Answer::Refused { run: 1, acts: 1 })));
    assert_eq!(report(&mut desk), plain, "a bad act changes nothing");
}

#[test]
fn zones_that_something_is_spread_over_may_be_out() {
    let text = r#"
        title = "t"
        duration = "10s"
        regions = { tokyo = ["far", "alone"] }
        [nodes.clients]
        kind = "clients"
        to = "lb"
        arrivals = { process = "constant", rate = 100 }
        [nodes.lb]
        kind = "balancer"
        to = ["app", "far", "alone"]
        [nodes]
        app = { kind = "service", replicas = 4, zones = 2, service_time = { distribution = "fixed", value = "1ms" } }
        far = { kind = "service", replicas = 3, zones = 3, service_time = { distribution = "fixed", value = "1ms" } }
        alone = { kind = "service", service_time = { distribution = "fixed", value = "1ms" } }
    "#;
    let mut desk = Desk::default();
    let out = hear(&mut desk, load_text(text));
    let zones = answers(&out).find_map(|answer| match answer {
        Answer::Loaded { view, .. } => Some(view.zones.clone()),
        _ => None,
    });
    let place = |region: Option<&str>| ZonePlace { zone: "a".to_owned(), region: region.map(str::to_owned) };
    assert_eq!(zones, Some(vec![place(None), place(Some("tokyo"))]));
    let mut ready = |at_us: f64| {
        let outage = |region| TimedAct { at_us: 2e6, act: Act::Outage { place: place(region), for_us: 2e6 } };
        let actions = vec![outage(None), outage(Some("tokyo"))];
        hear(&mut desk, Command::SetActions { run: 1, actions, at_us });
        let out = hear(&mut desk, Command::Report { run: 1 });
        let report = answers(&out).find_map(|answer| match answer {
            Answer::Reported { report, .. } => Some(report.clone()),
            _ => None,
        });
        let nodes = report.expect("a report")["nodes"].clone();
        ["app", "far", "alone"].map(|name| nodes[name]["instances"].as_u64())
    };
    assert_eq!(ready(1.5e6), [Some(4), Some(3), Some(1)]);
    assert_eq!(ready(3.5e6), [Some(2), Some(2), Some(0)]);
    assert_eq!(ready(6e6), [Some(4), Some(3), Some(1)]);
}

#[test]
fn a_run_ends_and_its_slowest_request_can_be_looked_at() {
    let mut desk = Desk::default();
    hear(&mut desk, load("what-a-miss-costs"));
    let out = hear(&mut desk, Command::RunFor { run: 1, until_us: 1e9 });
    assert_eq!(frame(&out).status, Status::Ended);
    assert!(answers(&out).any(|answer| matches!(answer, Answer::Arrived { at_us, .. } if *at_us == 60e6)));
    let out = hear(&mut desk, Command::Trace { run: 1, root: "slowest:0".to_owned() });
    let spans = answers(&out).find_map(|answer| match answer {
        Answer::Trace { spans, .. } => Some(spans.clone()),
        _ => None,
    });
    let spans = spans.expect("a trace");
    assert!(spans.len() >= 3 && spans[0].depth == 0, "{spans:#?}");
}

#[test]
fn a_request_is_told_with_the_system_as_it_was_then() {
    let mut desk = Desk::default();
    hear(&mut desk, load("one-in-a-hundred"));
    // Server C stood still for a second at 45 s, and does not now.
    hear(&mut desk, Command::RunFor { run: 1, until_us: 50e6 });
    let mut trace = |root: &str| traced(&hear(&mut desk, Command::Trace { run: 1, root: root.to_owned() })).1;
    let server = |spans: Vec<TraceSpan>| spans.iter().find(|span| span.label.starts_with("Server")).cloned();
    let slow = server(trace("slowest:0")).expect("a server");
    assert_eq!((&*slow.label, slow.slowed), ("Server C", true), "it was not waiting for a core");
    assert!(!server(trace("next")).expect("a server").slowed);

    let mut desk = Desk::default();
    hear(&mut desk, load("what-a-miss-costs"));
    let act = |at_us, path: &str, value: i64| TimedAct {
        at_us,
        act: Act::Set { path: path.to_owned(), value: value.into() },
    };
    let pool = "links.\"app -> db\".pool.pool_size";
    let actions = vec![act(0.0, "nodes.cache.capacity", 500), act(50e6, pool, 20)];
    hear(&mut desk, Command::SetActions { run: 1, actions, at_us: 0.0 });
    hear(&mut desk, Command::RunFor { run: 1, until_us: 55e6 });
    for (failed, connections) in [("failed:0:46000000:48000000", 15), ("failed:0:53000000:55000000", 30)] {
        let root = failed.to_owned();
        let spans = traced(&hear(&mut desk, Command::Trace { run: 1, root })).1;
        let most = spans.iter().map(|span| span.pool).max();
        // One that never came so far as to want a connection says nothing of them.
        assert!(most == Some(connections) || spans.len() < 4, "{failed}: {most:?}");
    }
}

#[test]
fn a_search_that_something_takes_the_place_of_leaves_the_run_where_it_began() {
    let mut desk = Desk::default();
    hear(&mut desk, load_text(CROWD));
    hear(&mut desk, Command::RunFor { run: 1, until_us: 10e6 });
    let out = hear_once(&mut desk, Command::Next { run: 1, what: Happening::Down });
    assert!(!answers(&out).any(|answer| matches!(answer, Answer::Happened { .. })), "it is not over");
    let out = hear(&mut desk, Command::Report { run: 1 });
    let at = answers(&out).find_map(|answer| match answer {
        Answer::Reported { at_us, .. } => Some(*at_us),
        _ => None,
    });
    assert_eq!(at, Some(10e6));
}

#[test]
fn a_request_to_come_is_followed_whatever_the_sample_and_its_whole_way_is_foreseen() {
    let mut desk = Desk::default();
    hear(&mut desk, load("what-a-miss-costs"));
    hear(&mut desk, Command::Seek { run: 1, at_us: 46e6 });
    let report = |desk: &mut Desk| {
        let out = hear(desk, Command::Report { run: 1 });
        answers(&out).find_map(|answer| match answer {
            Answer::Reported { report, .. } => Some(report["digest"].clone()),
            _ => None,
        })
    };
    let out = hear(&mut desk, Command::Follow { run: 1, root: Some("next".to_owned()) });
    let (root, spans) = traced(&out);
    assert!(spans[0].started_us > 46e6 && spans[0].ended_us > Some(spans[0].started_us), "{spans:#?}");
    let own = u64::from_str_radix(&root, 16).unwrap();
    let mut drawn = 0;
    for _ in 0..120 {
        let out = hear(&mut desk, Command::Tick { run: 1, wall_ms: 16.0, speed: 1.0 });
        drawn += frame(&out).hops.iter().filter(|hop| hop.root == own).count();
    }
    // There and back at least, though one of dozens is sampled.
    assert!(drawn >= 2, "{drawn} messages of {root}");
    // What was foreseen has come to pass, and the run is the one that nobody watched.
    assert_eq!(traced(&hear(&mut desk, Command::Trace { run: 1, root })).1, spans);
    let watched = report(&mut desk);
    let at_us = frame(&hear(&mut desk, Command::Tick { run: 1, wall_ms: 0.0, speed: 1.0 })).time;
    let mut plain = Desk::default();
    hear(&mut plain, load("what-a-miss-costs"));
    hear(&mut plain, Command::Seek { run: 1, at_us });
    assert_eq!(report(&mut plain), watched);
}

#[test]
fn a_percentile_and_a_failure_lead_to_a_request_of_that_second() {
    let mut desk = Desk::default();
    hear(&mut desk, load("what-a-miss-costs"));
    hear(&mut desk, Command::Seek { run: 1, at_us: 47e6 });
    let mut trace =
        |wanted: &str| traced(&hear(&mut desk, Command::Trace { run: 1, root: wanted.to_owned() })).1;
    let slower = trace("slower:30000:20000000:21000000");
    let (started, ended) = (slower[0].started_us, slower[0].ended_us.unwrap());
    assert!((20e6..=21e6).contains(&ended) && ended - started >= 30e3, "{started} {ended}");
    for nothing in ["slower:1:0:0", "failed:0:0:1000000", "slower", "failed:x:0:1", "", "no-such"] {
        assert_eq!(trace(nothing), [], "{nothing:?}");
    }
}

fn traced(out: &[Out]) -> (String, Vec<crate::protocol::TraceSpan>) {
    let found = answers(out).find_map(|answer| match answer {
        Answer::Trace { root, spans, .. } => Some((root.clone(), spans.clone())),
        _ => None,
    });
    found.expect("a trace")
}

/// A server that can do half of what is asked of it, for an hour.
const CROWD: &str = r#"
title = "Crowd"
duration = "1h"
[nodes.clients]
kind = "clients"
to = "server"
arrivals = { process = "constant", rate = 2000 }
[nodes.server]
kind = "service"
service_time = { distribution = "fixed", value = "1ms" }
"#;

fn load_text(text: &str) -> Command {
    let Command::Load { run, set, actions, seed, at_us, .. } = load("") else { unreachable!() };
    Command::Load { run, source: Source::Scenario(text.to_owned()), set, actions, seed, at_us }
}

#[test]
fn too_much_for_an_hour_ends_as_overloaded_and_still_answers() {
    let mut desk = Desk::default();
    hear(&mut desk, load_text(CROWD));
    let out = hear(&mut desk, Command::RunFor { run: 1, until_us: 3_600e6 });
    assert_eq!(frame(&out).status, Status::Overloaded);
    assert!(frame(&out).time < 300e6, "{}", frame(&out).time);
    let out = hear(&mut desk, Command::Report { run: 1 });
    let report = answers(&out).find_map(|answer| match answer {
        Answer::Reported { report, .. } => Some(report.clone()),
        _ => None,
    });
    let report = report.expect("a report");
    let told = report["overloaded"].as_str().unwrap_or_default();
    assert!(told.starts_with("server: ") && told.ends_with("give the queue a limit"), "{told}");
    assert_eq!(report["digest"].as_str().map(str::len), Some(16));
    let out = hear(&mut desk, Command::Seek { run: 1, at_us: 1e6 });
    assert_eq!((frame(&out).status, frame(&out).time), (Status::Running, 1e6));
}

#[test]
fn what_a_run_cannot_take_is_a_problem_and_the_run_before_stays() {
    let text = |limit: &str| CROWD.replace("duration", &format!("limits = {{ alive = {limit} }}\nduration"));
    let spike =
        |factor| TimedAct { at_us: 1e6, act: Act::Spike { node: "clients".to_owned(), factor, for_us: 1e6 } };
    let kill = TimedAct { at_us: 1e6, act: Act::Kill { node: "nobody".to_owned(), slot: None } };
    let outage = |zone: &str, region: Option<&str>| {
        let place = ZonePlace { zone: zone.to_owned(), region: region.map(str::to_owned) };
        TimedAct { at_us: 1e6, act: Act::Outage { place, for_us: 1e6 } }
    };
    let set = |actions| Command::SetActions { run: 1, actions, at_us: 1e6 };
    let cases = [
        (
            load_text(&text("125_001")),
            "limits.alive: 125001 calls and visits alive; a browser takes at most 125000",
        ),
        (load_text("title = 1"), "duration: missing; give the length of the run"),
        (load("no-such-lab"), ": there is no lab `no-such-lab`"),
        (set(vec![kill]), "actions[0].node: no node is called \"nobody\""),
        (set(vec![outage("z", None)]), "zone: \"z\" is no zone; give one from \"a\" to \"f\""),
        (set(vec![outage("a", Some("mars"))]), "region: \"mars\" is no region of the list"),
        (
            set(vec![outage("b", None)]),
            "actions[0].zone: no instance stands in that zone; name another, set `zones`, or say of which region",
        ),
        (set(vec![spike(1e300)]), "actions[0].factor: 1e300 times; give at most 1000"),
        (set(vec![spike(-1.0)]), "actions[0].factor: -1 times; give at least 0"),
        (set(vec![spike(999.0)]), "nodes: up to 1998000 requests per second in all; make it at most 1000000"),
    ];
    let mut desk = Desk::default();
    hear(&mut desk, load_text(CROWD));
    for (command, expected) in cases {
        let out = hear(&mut desk, command);
        let told: Vec<String> = answers(&out)
            .filter_map(|answer| match answer {
                Answer::Problems { problems, .. } => Some(problems),
                _ => None,
            })
            .flatten()
            .map(|problem| format!("{}: {}", problem.path, problem.message))
            .collect();
        assert_eq!(told.first().map(String::as_str), Some(expected));
        let out = hear(&mut desk, Command::Tick { run: 1, wall_ms: 16.0, speed: 1.0 });
        assert_eq!(frame(&out).status, Status::Running);
    }
}

/// Lab 2.1 with the small cache, loaded at 40 s, and the scene that the page would draw of it.
fn at_the_spike(desk: &mut Desk) -> Scene {
    let Command::Load { run, source, actions, seed, .. } = load("what-a-miss-costs") else { unreachable!() };
    let set = vec![("nodes.cache.capacity".to_owned(), 500.into())];
    let out = hear(desk, Command::Load { run, source, set, actions, seed, at_us: 40e6 });
    let view = answers(&out).find_map(|answer| match answer {
        Answer::Loaded { view, .. } => Some(view.clone()),
        _ => None,
    });
    let mut scene = Scene::new(Rc::new(*view.expect("a view")), 780.0, 540.0);
    assert!(scene.take(frame(&out).clone(), 0.0, true));
    scene
}

fn visible(scene: &Scene, shape: Shape) -> usize {
    scene.marks().visible().filter(|(mark, _)| mark.shape == shape).count()
}

#[test]
fn a_run_that_opens_later_opens_with_its_history_and_its_traffic() {
    let mut desk = Desk::default();
    let scene = at_the_spike(&mut desk);
    let mut again = Desk::default();
    let out = hear(
        &mut again,
        Command::Load {
            run: 1,
            source: Source::Lab("what-a-miss-costs".to_owned()),
            set: Vec::new(),
            actions: Vec::new(),
            seed: None,
            at_us: 30e6,
        },
    );
    let frame = frame(&out);
    assert_eq!(frame.time, 30e6);
    assert!((1_000.0..1_400.0).contains(&frame.instances[0].rate), "{:?}", frame.instances[0]);
    let rows = answers(&out).find_map(|answer| match answer {
        Answer::Series { rows, .. } => Some(rows.len()),
        _ => None,
    });
    assert_eq!(rows, Some(120), "four a second");
    assert!(visible(&scene, Shape::Read) > 3);
    assert!(visible(&scene, Shape::Hit) + visible(&scene, Shape::Miss) > 0);
}

#[test]
fn the_picture_keeps_up_with_a_run_that_breaks() {
    let mut desk = Desk::default();
    let mut scene = at_the_spike(&mut desk);
    for _ in 0..700 {
        let out = hear(&mut desk, Command::Tick { run: 1, wall_ms: 16.0, speed: 1.0 });
        scene.advance(16.0);
        scene.take(frame(&out).clone(), 16.0, false);
        // However long the way of a request is, its marks are seconds away, not minutes.
        assert!(scene.marks().settled_in() < 4_000.0, "{}", scene.marks().settled_in());
    }
    let errors = visible(&scene, Shape::Error);
    assert!((20..=70).contains(&errors), "{errors} errors");
    assert!(visible(&scene, Shape::Read) > 5);
}

#[test]
fn failures_are_told_beyond_the_sample_but_not_all() {
    let mut desk = Desk::default();
    at_the_spike(&mut desk);
    let mut beyond = 0;
    for _ in 0..20 {
        let out = hear(&mut desk, Command::Tick { run: 1, wall_ms: 100.0, speed: 5.0 });
        let frame = frame(&out);
        let outside = |hop: &&Hop| hop.root & ((1 << frame.sampling) - 1) != 0;
        // A sample that has just been made sparser leaves some of the frame's own hops outside as well.
        let strangers: Vec<&Hop> = frame.hops.iter().filter(outside).collect();
        let failed = |hop: &&Hop| hop.what.outcome != 0 || hop.what.direction == 2;
        beyond = beyond.max(strangers.into_iter().filter(|hop| failed(hop)).count());
    }
    assert!(beyond > 0, "no failure outside the sample");
}

mod versus;
