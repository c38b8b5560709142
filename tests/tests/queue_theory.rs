//! Whole runs against the closed forms of queueing theory, figures as reported.
//!
//! Every system runs with a fixed seed in 40 batches. A figure must lie within 3.3 standard errors (by batch means) of
//! theory, plus the half bucket a percentile may be off; and the standard error must be small enough to mean
//! something, as stated with each case. A miss is judged by ten further seeds pooled, never by another seed. Times in
//! the forms are service times of 1 s; here a service time is 1 ms.

use headroom_core::scenario::Scenario;
use headroom_core::session::{Ended, Session};
use headroom_core::sim::time::{Time, from_seconds};
use headroom_tests::batches::Batches;
use headroom_tests::theory::{Entry, entry};
use std::sync::Arc;

const BATCHES: usize = 40;
const WARM_UP_S: f64 = 10.0;

/// About one in a thousand true figures lies farther out by chance.
const FAR: f64 = 3.3;

/// A figure of the report, what theory says, and the widest standard error it may have, both absolute.
struct Check {
    figure: &'static str,
    expected: f64,
    widest: f64,
}

/// A check whose widest standard error is a share of the expected value.
fn check(figure: &'static str, expected: f64, widest_share: f64) -> Check {
    Check { figure, expected, widest: widest_share * expected }
}

/// A run: its nodes, the length of a batch, what must come out.
struct Case {
    name: String,
    nodes: String,
    batch_s: f64,
    checks: Vec<Check>,
}

/// The figures of one run: for each check that of the whole, and those of the batches.
fn measure(case: &Case, seed: u64) -> Vec<(f64, Vec<f64>)> {
    let length = WARM_UP_S + case.batch_s * BATCHES as f64;
    let head = format!(
        "title = \"{}\"\nseed = {seed}\nduration = \"{length}s\"\nwarmup = \"{WARM_UP_S}s\"\n",
        case.name
    );
    let scenario =
        Scenario::read(&format!("{head}{}", case.nodes)).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut session = Session::new(Arc::new(scenario), Vec::new()).expect("no actions");
    assert_eq!(session.advance(Time::MAX, u64::MAX).ended, Ended::Duration, "{}", case.name);
    let whole = session.report();
    let batches: Vec<_> = (0..BATCHES)
        .map(|batch| {
            let from = WARM_UP_S + case.batch_s * batch as f64;
            session.report_between(from_seconds(from), from_seconds(from + case.batch_s))
        })
        .collect();
    little(&case.name, &session, &batches);
    let figure = |report: &headroom_core::metrics::Report, name: &str| {
        report.metric(name).unwrap_or_else(|| panic!("{}: no figure {name}", case.name))
    };
    let of_check = |check: &Check| {
        let parts = batches.iter().map(|report| figure(report, check.figure)).collect();
        (figure(&whole, check.figure), parts)
    };
    case.checks.iter().map(of_check).collect()
}

/// Little's law in every run: heads counted are arrivals times stay, at every node that is called.
fn little(name: &str, session: &Session, batches: &[headroom_core::metrics::Report]) {
    for node in session.origin().nodes.iter().skip(1) {
        let of_node = |report: &headroom_core::metrics::Report| {
            let figures = &report.nodes[&node.name];
            let counted = figures.mean_inside.unwrap_or(0.0);
            counted - figures.throughput_per_s.unwrap_or(0.0) * figures.mean_time_s.unwrap_or(0.0)
        };
        let gaps = Batches::new(batches.iter().map(of_node).collect());
        let (gap, error) = (gaps.mean(), gaps.standard_error());
        assert!(
            gap.abs() <= 4.0 * error + 1e-3,
            "{name}: {} is off Little's law by {gap} +- {error}",
            node.name
        );
    }
}

fn verify(case: &Case) {
    let mut missed = Vec::new();
    for (check, (whole, parts)) in case.checks.iter().zip(measure(case, 1)) {
        let error = Batches::new(parts).standard_error();
        let (name, figure, expected) = (&case.name, check.figure, check.expected);
        println!("{name}: {figure} {whole:.6e}, theory {expected:.6e}, standard error {error:.1e}");
        assert!(error <= check.widest, "{name}: {figure} is known only to +- {error}, not {}", check.widest);
        if (whole - expected).abs() > FAR * error + half_bucket(check) {
            missed.push(check);
        }
    }
    if !missed.is_empty() {
        pool(case, &missed);
    }
}

/// Ten further seeds, pooled.
fn pool(case: &Case, missed: &[&Check]) {
    let runs: Vec<Vec<f64>> =
        (101..=110).map(|seed| measure(case, seed).into_iter().map(|(whole, _)| whole).collect()).collect();
    for check in missed {
        let place =
            case.checks.iter().position(|other| other.figure == check.figure).expect("it is one of these");
        let figures: Vec<f64> = runs.iter().map(|run| run[place]).collect();
        let mean = figures.iter().sum::<f64>() / 10.0;
        let squares: f64 = figures.iter().map(|figure| (figure - mean) * (figure - mean)).sum();
        let error = (squares / 9.0 / 10.0).sqrt();
        // Student's t with 9 degrees of freedom, as far out as 3.3 of the normal.
        assert!(
            (mean - check.expected).abs() <= 4.8 * error + half_bucket(check),
            "{}: {} is {mean} +- {error} over ten seeds, theory says {}",
            case.name,
            check.figure,
            check.expected
        );
    }
}

/// Percentiles are the middles of buckets, at most 0.4 % off.
fn half_bucket(check: &Check) -> f64 {
    if check.figure.contains(".p") { 0.004 * check.expected } else { 0.0 }
}

fn clients(rate: f64) -> String {
    format!(
        "[nodes.clients]\nkind = \"clients\"\nto = \"a\"\narrivals = {{ process = \"poisson\", rate = {rate} }}\n"
    )
}

/// One service `a` behind Poisson arrivals, of `load` Erlang.
fn queue(load: f64, settings: &str, service_time: &str) -> String {
    format!(
        "{}[nodes.a]\nkind = \"service\"\n{settings}\nservice_time = {service_time}\n",
        clients(load * 1000.0)
    )
}

const EXPONENTIAL: &str = "{ distribution = \"exponential\", mean = \"1ms\" }";

fn lognormal(cv: f64) -> String {
    format!("{{ distribution = \"lognormal\", mean = \"1ms\", cv = {cv} }}")
}

fn milliseconds(entry: &Entry, key: &str) -> f64 {
    entry.output(key) / 1000.0
}

#[test]
fn m_m_1() {
    // load, length of a batch, widest standard error of means and of percentiles
    for (rho, batch_s, mean, tail) in
        [("0.5", 25.0, 0.01, 0.01), ("0.8", 50.0, 0.01, 0.03), ("0.95", 100.0, 0.05, 0.1)]
    {
        let entry = entry(&format!("mm1_rho{rho}"));
        verify(&Case {
            name: entry.name.clone(),
            nodes: queue(entry.input("rho"), "", EXPONENTIAL),
            batch_s,
            checks: vec![
                check("latency_s.mean", milliseconds(&entry, "mean_response_s"), mean),
                check("latency_s.p50", milliseconds(&entry, "p50_response_s"), mean),
                check("latency_s.p95", milliseconds(&entry, "p95_response_s"), tail),
                check("latency_s.p99", milliseconds(&entry, "p99_response_s"), tail),
                check("nodes.a.mean_wait_s", milliseconds(&entry, "mean_wait_s"), mean),
                check("nodes.a.utilisation", entry.input("rho"), 0.005),
                check("nodes.a.mean_inside", entry.output("mean_in_system"), 2.0 * tail),
            ],
        });
    }
}

#[test]
fn m_m_c() {
    for (servers, rho, batch_s, mean) in
        [(2, "0.7", 10.0, 0.02), (8, "0.7", 5.0, 0.03), (4, "0.9", 20.0, 0.05), (16, "0.9", 10.0, 0.05)]
    {
        let entry = entry(&format!("mmc_c{servers}_rho{rho}"));
        verify(&Case {
            name: entry.name.clone(),
            nodes: queue(entry.input("offered_erlang"), &format!("cores = {servers}"), EXPONENTIAL),
            batch_s,
            checks: vec![
                check("latency_s.mean", milliseconds(&entry, "mean_response_s"), mean),
                check("nodes.a.mean_wait_s", milliseconds(&entry, "mean_wait_s"), mean),
                check("nodes.a.utilisation", entry.input("rho"), 0.005),
            ],
        });
    }
}

#[test]
fn m_g_1() {
    let fixed = "{ distribution = \"fixed\", value = \"1ms\" }".to_owned();
    for (name, service_time, batch_s, mean) in [
        ("md1_rho0.5", fixed.clone(), 10.0, 0.02),
        ("md1_rho0.8", fixed.clone(), 20.0, 0.02),
        ("md1_rho0.9", fixed, 40.0, 0.02),
        ("mg1_lognormal_cv0.5_rho0.5", lognormal(0.5), 10.0, 0.02),
        ("mg1_lognormal_cv0.5_rho0.8", lognormal(0.5), 20.0, 0.02),
        ("mg1_lognormal_cv2.0_rho0.5", lognormal(2.0), 30.0, 0.03),
        ("mg1_lognormal_cv2.0_rho0.7", lognormal(2.0), 60.0, 0.04),
    ] {
        let entry = entry(name);
        verify(&Case {
            name: name.to_owned(),
            nodes: queue(entry.input("rho"), "", &service_time),
            batch_s,
            checks: vec![
                check("nodes.a.mean_wait_s", milliseconds(&entry, "mean_wait_s"), mean),
                check("latency_s.mean", milliseconds(&entry, "mean_response_s"), mean),
                check("nodes.a.utilisation", entry.input("rho"), 0.01),
            ],
        });
    }
}

/// Cobham's form (1954): with R the mean work in progress that an arrival finds, those of priority k wait on average
/// R / ((1 - s) (1 - s')), where s is the load of all before them and s' that of all up to them. Who is let in first
/// takes nothing from all together: the loads times the waits add up to what they do without priorities.
#[test]
fn those_of_higher_priority_wait_less() {
    let fixed = "{ distribution = \"fixed\", value = \"1ms\" }";
    // Loads of three priorities; half the mean square of the service time, in ms^2; widest error of the last one's wait.
    for (loads, law, half_square, widest) in [
        ([0.3, 0.2, 0.3], EXPONENTIAL, 1.0, 0.03),
        ([0.3, 0.2, 0.3], fixed, 0.5, 0.03),
        ([0.1, 0.0, 0.8], EXPONENTIAL, 1.0, 0.05),
        ([0.8, 0.0, 0.1], EXPONENTIAL, 1.0, 0.1),
    ] {
        let load: f64 = loads.iter().sum();
        let residual = load * half_square * 1e-3;
        let mut nodes = format!("[nodes.a]\nkind = \"service\"\npriorities = true\nservice_time = {law}\n");
        let mut checks = vec![check("nodes.a.mean_wait_s", residual / (1.0 - load), widest)];
        let figures =
            ["nodes.high.latency_s.mean", "nodes.normal.latency_s.mean", "nodes.low.latency_s.mean"];
        let (mut before, mut conserved) = (0.0, 0.0);
        for ((of, figure), own) in ["high", "normal", "low"].into_iter().zip(figures).zip(loads) {
            if own > 0.0 {
                let wait = residual / ((1.0 - before) * (1.0 - before - own));
                conserved += own * wait;
                checks.push(check(figure, 1e-3 + wait, if of == "low" { widest } else { 0.02 }));
                nodes = format!(
                    "[nodes.{of}]\nkind = \"clients\"\nto = \"a\"\npriority = \"{of}\"\n\
                     arrivals = {{ process = \"poisson\", rate = {} }}\n{nodes}",
                    own * 1000.0
                );
            }
            before += own;
        }
        assert!((conserved - load * residual / (1.0 - load)).abs() < 1e-9, "the conservation law");
        verify(&Case { name: format!("priorities {loads:?}"), nodes, batch_s: 40.0, checks });
    }
}

#[test]
fn lost_where_nobody_may_wait() {
    for (servers, load) in [(5, 4), (10, 8), (20, 18)] {
        let entry = entry(&format!("erlangB_c{servers}_a{load}"));
        let loss = entry.output("p_loss");
        // The form holds whatever the service times are like.
        for service_time in [EXPONENTIAL.to_owned(), lognormal(1.5)] {
            verify(&Case {
                name: format!("{} {service_time}", entry.name.clone()).replace('"', ""),
                nodes: queue(f64::from(load), &format!("cores = {servers}\nqueue = 0"), &service_time),
                batch_s: 4.0,
                checks: vec![
                    Check { figure: "requests.ok_ratio", expected: 1.0 - loss, widest: 0.02 * loss },
                    check("nodes.a.utilisation", entry.output("utilization"), 0.01),
                    check("throughput_per_s", 1000.0 * entry.output("carried_erlang"), 0.01),
                ],
            });
        }
    }
}

#[test]
fn lost_where_few_may_wait() {
    for name in ["mm1k_rho0.8_K5", "mm1k_rho0.95_K10", "mm1k_rho1.0_K10", "mm1k_rho1.2_K5"] {
        let entry = entry(name);
        let loss = entry.output("p_loss");
        verify(&Case {
            name: name.to_owned(),
            // The one in service is not in the queue.
            nodes: queue(
                entry.input("lambda_per_s"),
                &format!("queue = {}", entry.input("K") - 1.0),
                EXPONENTIAL,
            ),
            batch_s: 15.0,
            checks: vec![
                Check { figure: "requests.ok_ratio", expected: 1.0 - loss, widest: 0.02 * loss },
                check("latency_ok_s.mean", milliseconds(&entry, "mean_response_accepted_s"), 0.01),
                check("throughput_per_s", 1000.0 * entry.output("throughput_per_s"), 0.005),
                check("nodes.a.utilisation", entry.output("utilization"), 0.005),
            ],
        });
    }
}

#[test]
fn shared_processors_do_not_care_about_the_law_of_service() {
    for (rho, batch_s, widest) in [("0.5", 20.0, 0.01), ("0.8", 30.0, 0.02), ("0.9", 60.0, 0.05)] {
        let entry = entry(&format!("mg1_ps_rho{rho}"));
        for service_time in [EXPONENTIAL.to_owned(), lognormal(2.0)] {
            verify(&Case {
                name: format!("{} {service_time}", entry.name.clone()).replace('"', ""),
                nodes: queue(entry.input("rho"), "discipline = \"processor-sharing\"", &service_time),
                batch_s,
                checks: vec![
                    check("latency_s.mean", milliseconds(&entry, "mean_response_s"), widest),
                    check("nodes.a.utilisation", entry.input("rho"), 0.01),
                ],
            });
        }
    }
}

/// Services in a row. Workers abound, so that only the cores make requests wait, as the forms have it.
fn tandem(means_s: &[f64]) -> String {
    let names = ["a", "b", "c"];
    let station = |(place, mean): (usize, &f64)| {
        let next = names.get(place + 1).filter(|_| place + 1 < means_s.len());
        let to = next.map_or(String::new(), |next| format!("to = \"{next}\"\nworkers = 10000\n"));
        let micros = mean * 1e6;
        format!(
            "[nodes.{}]\nkind = \"service\"\n{to}service_time = {{ distribution = \"exponential\", mean = \"{micros}us\" }}\n",
            names[place]
        )
    };
    means_s.iter().enumerate().map(station).collect()
}

#[test]
fn queues_in_a_row() {
    for name in ["jackson_tandem3_lam8.0_mu10.0_12.0_16.0", "jackson_tandem3_lam5.0_mu10.0_10.0_10.0"] {
        let entry = entry(name);
        // 1,000 times as fast, so that service takes about 0.1 ms.
        let means: Vec<f64> = entry.inputs("mu_per_s").iter().map(|rate| 1e-3 / rate).collect();
        verify(&Case {
            name: name.to_owned(),
            nodes: clients(1000.0 * entry.input("lambda_per_s")) + &tandem(&means),
            batch_s: 3.0,
            checks: vec![
                check("latency_s.mean", milliseconds(&entry, "mean_response_total_s"), 0.02),
                check("latency_s.p50", milliseconds(&entry, "p50_total_s"), 0.02),
                check("latency_s.p95", milliseconds(&entry, "p95_total_s"), 0.03),
                check("latency_s.p99", milliseconds(&entry, "p99_total_s"), 0.04),
            ],
        });
    }
}

#[test]
fn closed_loops() {
    for name in [
        "mva_1station_N5",
        "mva_1station_N11",
        "mva_1station_N50",
        "mva_3station_N5",
        "mva_3station_N20",
        "mva_3station_N100",
    ] {
        let entry = entry(name);
        // 100 times as fast.
        let users = entry.input("users");
        let think_ms = 10.0 * entry.input("think_s");
        let demands: Vec<f64> = entry.inputs("demands_s").iter().map(|demand| demand / 100.0).collect();
        let clients = format!(
            "[nodes.clients]\nkind = \"clients\"\nto = \"a\"\narrivals = {{ process = \"closed\", users = {users}, \
             think_time = {{ distribution = \"exponential\", mean = \"{think_ms}ms\" }} }}\n"
        );
        verify(&Case {
            name: name.to_owned(),
            nodes: clients + &tandem(&demands),
            batch_s: 10.0,
            checks: vec![
                check("throughput_per_s", 100.0 * entry.output("throughput_per_s"), 0.01),
                check("latency_s.mean", entry.output("response_s") / 100.0, 0.02),
            ],
        });
    }
}

/// DESIGN: a client gives up after 10 ms what takes a server 100 ms; the server stays busy all the same, for nobody.
#[test]
fn work_for_nobody_is_counted() {
    let nodes = "[nodes.clients]\nkind = \"clients\"\nto = \"a\"\ntimeout = \"10ms\"\n\
        arrivals = { process = \"poisson\", rate = 20 }\n\
        [nodes.a]\nkind = \"service\"\nqueue = 5\nservice_time = { distribution = \"fixed\", value = \"100ms\" }\n";
    let text = format!("title = \"Nobody waits\"\nduration = \"60s\"\nwarmup = \"10s\"\n{nodes}");
    let mut session =
        Session::new(Arc::new(Scenario::read(&text).expect("it is fine")), Vec::new()).expect("no actions");
    session.advance(Time::MAX, u64::MAX);
    let report = session.report();
    assert!(report.metric("nodes.a.utilisation").expect("it works") > 0.99);
    assert_eq!(report.metric("nodes.a.wasted_ratio"), Some(1.0));
    assert_eq!((report.requests.ok, report.requests.ok_ratio), (0, Some(0.0)));
    assert!(report.requests.by_error["timed-out"] > 0);
}
