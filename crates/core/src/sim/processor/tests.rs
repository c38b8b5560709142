//! The processor beside a naive one that walks nanosecond by nanosecond.

use super::*;
use crate::sim::slab::Slab;
use proptest::prelude::*;

/// What happens to a processor in a test, after a pause.
#[derive(Clone, Copy, Debug)]
enum Input {
    Submit(Nanos),
    Cores(u32),
    Speed(Speed),
    Withdraw(usize),
}

fn inputs() -> impl Strategy<Value = Vec<(Nanos, Input)>> {
    let input = prop_oneof![
        6 => (1u64..4_000).prop_map(Input::Submit),
        1 => (1u32..5).prop_map(Input::Cores),
        1 => (1u32..8).prop_map(|n| Input::Speed(FULL_SPEED / n)),
        1 => (0usize..60).prop_map(Input::Withdraw),
    ];
    prop::collection::vec((0u64..1_500, input), 1..60)
}

/// Drives the real processor, its wake-ups in the order of time; finishing time by job, withdrawn ones left out.
fn finishes(order: Order, inputs: &[(Nanos, Input)]) -> Vec<Option<Time>> {
    let mut processor: Processor<()> = Processor::new(order, 2);
    let (mut slab, mut jobs, mut done) = (Slab::default(), Vec::new(), Vec::new());
    let mut wake_ups: Vec<WakeUp> = Vec::new();
    let mut inputs = inputs.iter();
    let mut next_input = inputs.next().map(|(pause, input)| (*pause, *input));
    loop {
        wake_ups.sort_by_key(|wake_up| std::cmp::Reverse(wake_up.at));
        let first = wake_ups.last().map(|wake_up| wake_up.at);
        match next_input {
            Some((at, input)) if first.is_none_or(|first| at < first) => {
                let now = at;
                let mut out = Vec::new();
                match input {
                    Input::Submit(work) => {
                        let job = slab.insert(());
                        jobs.push(job);
                        done.push(None);
                        out.extend(processor.submit(now, job, work));
                    }
                    Input::Cores(cores) => processor.set_cores(now, cores, &mut out),
                    Input::Speed(speed) => processor.set_speed(now, speed, &mut out),
                    Input::Withdraw(which) => {
                        if let Some(job) = jobs.get(which).copied() {
                            out.extend(processor.withdraw(now, job));
                        }
                    }
                }
                wake_ups.extend(out);
                next_input = inputs.next().map(|(pause, input)| (at + pause, *input));
            }
            _ => {
                let Some(wake_up) = wake_ups.pop() else { break };
                let now = wake_up.at;
                if let Some((job, next)) = processor.finished(now, wake_up.place, wake_up.number) {
                    let which = jobs.iter().position(|other| *other == job).unwrap();
                    done[which] = Some(now);
                    wake_ups.extend(next);
                }
            }
        }
        processor.validate();
    }
    done
}

/// The naive twin: walks nanosecond by nanosecond with floats.
fn naive(order: Order, inputs: &[(Nanos, Input)]) -> Vec<Option<Time>> {
    let (mut cores, mut speed) = (2usize, 1.0);
    let mut left: Vec<Option<f64>> = Vec::new();
    let mut running: Vec<usize> = Vec::new();
    let mut queue: Vec<usize> = Vec::new();
    let mut done = Vec::new();
    let mut inputs = inputs.iter();
    let mut next_input = inputs.next().map(|(pause, input)| (*pause, *input));
    let mut now = 0;
    while next_input.is_some() || !running.is_empty() || !queue.is_empty() {
        running.retain(|job| {
            let work = left[*job].unwrap_or(0.0);
            if work <= 1e-6 {
                done[*job] = Some(now);
            }
            work > 1e-6
        });
        // Who ends at the time of an input makes room before it, as wake-ups come before inputs.
        admit(order, cores, &mut queue, &mut running);
        while let Some((at, input)) = next_input.filter(|(at, _)| *at == now) {
            match input {
                Input::Submit(work) => {
                    left.push(Some(work as f64));
                    done.push(None);
                    queue.push(left.len() - 1);
                }
                Input::Cores(new) => cores = new as usize,
                Input::Speed(new) => speed = f64::from(new) / f64::from(FULL_SPEED),
                Input::Withdraw(which) => {
                    running.retain(|job| *job != which);
                    queue.retain(|job| *job != which);
                }
            }
            // Each input is felt at once.
            admit(order, cores, &mut queue, &mut running);
            next_input = inputs.next().map(|(pause, input)| (at + pause, *input));
        }
        admit(order, cores, &mut queue, &mut running);
        let share = match order {
            Order::Sharing => (cores as f64 / running.len().max(1) as f64).min(1.0) * speed,
            Order::Fifo | Order::Lifo => speed,
        };
        for job in &running {
            if let Some(work) = &mut left[*job] {
                *work -= share;
            }
        }
        now += 1;
    }
    done
}

fn admit(order: Order, cores: usize, queue: &mut Vec<usize>, running: &mut Vec<usize>) {
    while !queue.is_empty() && (order == Order::Sharing || running.len() < cores) {
        let next = if order == Order::Lifo { queue.len() - 1 } else { 0 };
        running.push(queue.remove(next));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Finishing times agree with the naive twin to the nanoseconds that it rounds away.
    #[test]
    fn agrees_with_a_naive_processor(inputs in inputs(), which in 0usize..3) {
        let order = [Order::Fifo, Order::Lifo, Order::Sharing][which];
        let (real, naive) = (finishes(order, &inputs), naive(order, &inputs));
        prop_assert_eq!(real.len(), naive.len());
        for (job, (real, naive)) in real.iter().zip(&naive).enumerate() {
            match (real, naive) {
                (Some(real), Some(naive)) => {
                    let rounding = 2 * inputs.len() as u64;
                    prop_assert!(real.abs_diff(*naive) <= rounding, "{order:?} job {job}: {real} {naive}");
                }
                (real, naive) => prop_assert_eq!(real, naive, "{:?} job {}", order, job),
            }
        }
    }
}

#[test]
fn busy_time_is_the_work_that_was_done() {
    for order in [Order::Fifo, Order::Lifo, Order::Sharing] {
        let inputs: Vec<_> = (0..50u64).map(|n| (n % 7 * 100, Input::Submit(100 + n * 13))).collect();
        let last = finishes(order, &inputs).into_iter().flatten().max().unwrap();
        let mut processor: Processor<()> = Processor::new(order, 2);
        let mut slab = Slab::default();
        let (mut now, mut wake_ups) = (0, Vec::new());
        for (pause, input) in &inputs {
            let Input::Submit(work) = input else { continue };
            now += pause;
            // All at one time: the sum of the work is what counts.
            wake_ups.extend(processor.submit(0, slab.insert(()), *work));
        }
        while let Some(place) = (0..wake_ups.len()).min_by_key(|place| wake_ups[*place].at) {
            let WakeUp { at, place, number } = wake_ups.swap_remove(place);
            now = at;
            wake_ups.extend(processor.finished(at, place, number).and_then(|(_, next)| next));
        }
        let work: u64 = (0..50u64).map(|n| 100 + n * 13).sum();
        let busy = processor.busy_time(now);
        assert!(busy.abs_diff(work) <= 60, "{order:?}: {busy} of {work}, last at {last}");
    }
}
