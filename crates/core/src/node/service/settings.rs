//! A service and its instances made of what a scenario says of them, and made anew when that changes. O(paths).

use super::super::admission::{Admission, AdmissionSettings};
use super::super::demand;
use super::super::later::{self, Later};
use super::super::per_instance::PerInstance;
use super::super::plan::{Plans, ServiceLinks, Step};
use super::Service;
use crate::engine::resilience::codel::CodelSettings;
use crate::scenario::{Database, Discipline, OnCancel, QueueLimit, Service as Spec};
use crate::sim::distribution::Distribution;
use crate::sim::instance::{InstanceSettings, UNLIMITED};
use crate::sim::kernel::Kernel;
use crate::sim::processor::Order;
use crate::sim::random::{Purpose, Salt, threshold};

impl Service {
    /// `paths` are all those of the system.
    pub(in crate::node) fn new(
        kernel: &Kernel,
        name: &str,
        spec: &Spec,
        links: ServiceLinks,
        paths: &[&str],
    ) -> Service {
        let failure = Salt::new(kernel.seed(), name, Purpose::Failure);
        let time = demand::distribution(&spec.service_time);
        Service {
            plans: Plans::of(spec, links),
            read_time: time,
            write_time: time,
            path_times: path_times(spec, paths),
            work: Salt::new(kernel.seed(), name, Purpose::Work),
            hold: spec.hold,
            timeout: spec.timeout,
            stop_on_cancel: spec.on_cancel == OnCancel::Stop,
            is_database: false,
            missing: 0,
            keys: Salt::new(kernel.seed(), name, Purpose::Keys),
            later: Later::default(),
            flights: PerInstance::default(),
            single_flight: spec.cache.as_ref().is_some_and(|usage| usage.single_flight),
            has_flights: spec.cache.as_ref().is_some_and(|usage| usage.single_flight),
            versioned_keys: spec.cache.as_ref().is_some_and(|usage| usage.versioned_keys),
            news: later::luck(kernel, name),
            admission: Admission::new(AdmissionSettings::of(spec), failure),
            fallback: spec.fallback,
            errors: threshold(spec.error_ratio),
            failing: None,
            failure,
        }
    }

    pub(in crate::node) fn database(kernel: &Kernel, name: &str, spec: &Database) -> Service {
        let steps = vec![Step::Work, Step::Reply];
        Service {
            plans: Plans { read: steps.clone(), write: steps, removal: None },
            read_time: demand::distribution(&spec.service_time),
            write_time: demand::distribution(&spec.write_time()),
            path_times: Vec::new(),
            work: Salt::new(kernel.seed(), name, Purpose::Work),
            hold: true,
            timeout: None,
            stop_on_cancel: false,
            is_database: true,
            missing: threshold(spec.missing),
            keys: Salt::new(kernel.seed(), name, Purpose::Keys),
            later: Later::default(),
            flights: PerInstance::default(),
            single_flight: false,
            has_flights: false,
            versioned_keys: false,
            news: later::luck(kernel, name),
            admission: None,
            fallback: false,
            errors: 0,
            failing: None,
            failure: Salt::new(kernel.seed(), name, Purpose::Failure),
        }
    }

    /// New settings: work from the next step on, plans for visits that reach their next step.
    pub(in crate::node) fn reconfigure(&mut self, kernel: &mut Kernel, new: Service) {
        let (later, flights) = (std::mem::take(&mut self.later), std::mem::take(&mut self.flights));
        let has_flights = self.has_flights || new.has_flights;
        let (former, failing) = (self.admission.take(), self.failing);
        *self = Service { later, flights, has_flights, failing, ..new };
        if let (Some(admission), Some(former)) = (&mut self.admission, former) {
            admission.reconfigure(kernel.now(), *former);
        }
        // What was drawn ahead was drawn by the old settings; the same luck makes the new work.
        kernel.visits_mut().for_each(|visit| visit.ahead_of = 0);
    }
}

/// Core time by the number of the path.
fn path_times(spec: &Spec, paths: &[&str]) -> Vec<Option<Distribution>> {
    if spec.path_times.is_empty() {
        return Vec::new();
    }
    let of = |path: &str| spec.path_times.iter().find(|of| of.path == path);
    let times = paths.iter().map(|path| of(path).map(|of| demand::distribution(&of.service_time)));
    [None].into_iter().chain(times).collect()
}

/// What an instance of a service is made of.
pub(in crate::node) fn instance_of_service(spec: &Spec) -> InstanceSettings {
    InstanceSettings {
        workers: spec.worker_limit(),
        queue: queue_limit(spec.queue),
        order: match spec.discipline {
            Discipline::Fifo => Order::Fifo,
            Discipline::Lifo => Order::Lifo,
            Discipline::ProcessorSharing => Order::Sharing,
        },
        cores: spec.cores,
        max_connections: UNLIMITED,
        drop_expired: spec.drop_expired,
        codel: spec
            .codel
            .as_ref()
            .map(|codel| CodelSettings { target: codel.target, interval: codel.interval }),
        priorities: spec.priorities,
    }
}

/// What a database is made of.
pub(in crate::node) fn instance_of_database(spec: &Database) -> InstanceSettings {
    InstanceSettings {
        workers: spec.cores(),
        queue: queue_limit(spec.queue),
        cores: spec.cores(),
        max_connections: spec.max_connections,
        priorities: spec.priorities,
        ..InstanceSettings::default()
    }
}

fn queue_limit(limit: QueueLimit) -> u32 {
    match limit {
        QueueLimit::Unlimited => UNLIMITED,
        QueueLimit::Limited(limit) => limit,
    }
}
