//! The M/M/1 queue in nexosim 1.0, written as its examples are: one model that sends requests, one that serves them
//! in order.
//!
//! ```text
//!   Clients ──── request ───► Server (queue, one at a time)
//! ```
//!
//! It records what its users would: how many were served and their mean time inside. No histogram, no series, no
//! trace of single requests.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::Output;
use nexosim::simulation::{Mailbox, SimInit, SimulationError};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};

use crate::queue::{Luck, MEAN_GAP, MEAN_WORK, Served};

/// Serves `requests` requests on one thread.
pub(crate) fn run(requests: u64, seed: u64) -> Result<Served, SimulationError> {
    let tally = Arc::new(Tally::default());
    let mut clients = Clients { request: Output::default(), luck: Luck::new(seed), left: requests };
    let server = Server { luck: Luck::new(seed + 1), arrived: VecDeque::new(), tally: tally.clone() };
    let (client_box, server_box) = (Mailbox::new(), Mailbox::new());
    clients.request.connect(Server::request, &server_box);
    let mut simulation = SimInit::with_num_threads(1)
        .add_model(clients, client_box, "clients")
        .add_model(server, server_box, "server")
        .init(MonotonicTime::EPOCH)?;
    simulation.run()?;
    let requests = tally.requests.load(Ordering::Relaxed);
    let mean_s = tally.nanos_inside.load(Ordering::Relaxed) as f64 / requests as f64 / 1e9;
    Ok(Served { requests, mean_s })
}

/// Read when the run is over; the server writes it.
#[derive(Default)]
struct Tally {
    requests: AtomicU64,
    nanos_inside: AtomicU64,
}

/// Sends `left` requests at the times of a Poisson process.
#[derive(Serialize, Deserialize)]
struct Clients {
    request: Output<()>,
    luck: Luck,
    left: u64,
}

#[Model]
impl Clients {
    #[nexosim(init)]
    async fn init(&mut self, context: &Context<Self>) {
        self.plan_next(context);
    }

    #[nexosim(schedulable)]
    async fn send(&mut self, _: (), context: &Context<Self>) {
        self.request.send(()).await;
        self.plan_next(context);
    }

    fn plan_next(&mut self, context: &Context<Self>) {
        if self.left > 0 {
            self.left -= 1;
            let gap = self.luck.exponential(MEAN_GAP);
            context.schedule_event(gap, schedulable!(Self::send), ()).expect("a gap is not zero");
        }
    }
}

/// Serves one request at a time, in order of arrival.
#[derive(Serialize, Deserialize)]
struct Server {
    luck: Luck,
    arrived: VecDeque<MonotonicTime>,
    #[serde(skip)]
    tally: Arc<Tally>,
}

#[Model]
impl Server {
    async fn request(&mut self, _: (), context: &Context<Self>) {
        self.arrived.push_back(context.time());
        if self.arrived.len() == 1 {
            self.plan_end(context);
        }
    }

    #[nexosim(schedulable)]
    async fn end(&mut self, _: (), context: &Context<Self>) {
        if let Some(arrived) = self.arrived.pop_front() {
            let inside = context.time().duration_since(arrived).as_nanos() as u64;
            self.tally.requests.fetch_add(1, Ordering::Relaxed);
            self.tally.nanos_inside.fetch_add(inside, Ordering::Relaxed);
        }
        if !self.arrived.is_empty() {
            self.plan_end(context);
        }
    }

    fn plan_end(&mut self, context: &Context<Self>) {
        let work = self.luck.exponential(MEAN_WORK);
        context.schedule_event(work, schedulable!(Self::end), ()).expect("work is not zero");
    }
}
