//! Whom one instance of a balancer knows and chooses from: all instances behind it, those that may be chosen first.
//!
//! A choice costs what its algorithm does. Listing all anew is O(instances²), and happens when they change.

use super::super::outlook::{Known, Owners, Standing};
use super::care::{Address, Care, Rules};
use super::tries::Tries;
use super::{KINDS, PASS_ALONG, PROBE};
use crate::engine::balance::{Algorithm, Candidate, Homes, Picker, Request, SAMPLE, Settings};
use crate::sim::call::{EndedCall, VisitId};
use crate::sim::kernel::Kernel;
use crate::sim::random::{Stream, combine, hash_name};
use crate::sim::record::{InstanceIndex, NoteKind};
use crate::sim::time::{Nanos, Time};
use crate::sort;

/// No sum of versions.
const UNKNOWN: u64 = u64::MAX;

/// A weight of 1, where instances start slowly: theirs is a part of it.
const WHOLE: u32 = 100;
/// Where a slow start begins: Envoy's.
const FIRST: u32 = 10;

/// The nodes behind a balancer, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Behind {
    /// Links to them.
    pub(super) links: Vec<u16>,
    /// What an instance of each of them counts.
    pub(super) weights: Vec<u32>,
    /// Their names as numbers.
    pub(super) names: Vec<u64>,
}

impl Behind {
    /// From names, links and weights.
    pub(super) fn new<'a>(nodes: impl Iterator<Item = (&'a str, u16, u32)>) -> Behind {
        let mut behind = Behind::default();
        for (name, link, weight) in nodes {
            behind.links.push(link);
            behind.weights.push(weight);
            behind.names.push(hash_name(name));
        }
        behind
    }
}

/// What one instance of a balancer knows of a group of servers.
#[derive(Clone, Debug)]
pub(super) struct Chooser {
    picker: Picker,
    luck: Stream,
    /// All, those that may be chosen first.
    candidates: Vec<Candidate>,
    /// How many may be chosen.
    eligible: usize,
    /// What there is to know of each candidate that does not matter for a choice.
    places: Vec<Place>,
    /// Sum of the versions of the nodes behind it when the candidates were listed.
    version: u64,
    /// When weights are looked at again because of instances that start slowly.
    look_again: Time,
    /// What it finds out by itself. Without it, it is told who is ready.
    care: Option<Box<Care>>,
    /// Where calls that failed have been tried, once any has.
    tries: Option<Box<Tries>>,
    /// The balancer's name as a number.
    name: u64,
    /// The number of the group.
    group: u16,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    /// The link to it.
    link: u16,
    /// The key of its address.
    key: u32,
    /// Its weight once it has started.
    whole: u32,
    /// Since when it gets calls.
    since: Time,
    /// Calls it has been given.
    given: u64,
}

impl Chooser {
    pub(super) fn new(
        now: Time,
        settings: Settings,
        luck: Stream,
        rules: Option<Rules>,
        (name, group): (u64, u16),
    ) -> Chooser {
        Chooser {
            picker: Picker::new(settings),
            luck,
            candidates: Vec::new(),
            eligible: 0,
            places: Vec::new(),
            version: UNKNOWN,
            look_again: Time::MAX,
            care: rules.map(|rules| Box::new(Care::new(now, rules, group))),
            tries: None,
            name,
            group,
        }
    }

    pub(super) fn reconfigure(
        &mut self,
        kernel: &mut Kernel,
        me: InstanceIndex,
        settings: Settings,
        rules: Option<Rules>,
    ) {
        let (now, homes) = (kernel.now(), self.homes());
        self.picker.reconfigure(now, settings, &self.candidates[..self.eligible]);
        self.tell_moves(kernel, me, homes);
        self.version = UNKNOWN;
        self.care = match (self.care.take(), rules) {
            (_, None) => None,
            (None, Some(rules)) => Some(Box::new(Care::new(now, rules, self.group))),
            (Some(mut care), Some(rules)) => {
                care.reconfigure(now, rules);
                Some(care)
            }
        };
    }

    /// Whether it finds out by itself who is well.
    pub(super) fn cares(&self) -> bool {
        self.care.is_some()
    }

    pub(super) fn asks_who(&self) -> bool {
        self.picker.settings().algorithm.asks_who()
    }

    /// Lists those behind it anew if they have changed; counts of those that stay are kept.
    #[inline]
    pub(super) fn refresh(&mut self, kernel: &mut Kernel, me: InstanceIndex, behind: &Behind) {
        let cares = self.cares();
        let version_of = |link: &u16| {
            let members = kernel.members(kernel.links()[usize::from(*link)].to);
            if cares { members.known_version } else { members.version }
        };
        let version = behind.links.iter().map(version_of).sum();
        if self.version != version {
            self.version = version;
            self.list(kernel, me, behind);
        }
    }

    #[inline(never)]
    fn list(&mut self, kernel: &mut Kernel, me: InstanceIndex, behind: &Behind) {
        let homes = self.homes();
        let before = std::mem::take(&mut self.candidates);
        let places = std::mem::take(&mut self.places);
        let mut addresses = Vec::new();
        for (at, link) in behind.links.iter().enumerate() {
            let weight = behind.weights.get(at).copied().unwrap_or(1);
            let name = behind.names.get(at).copied().unwrap_or_default();
            let members = kernel.members(kernel.links()[usize::from(*link)].to);
            for index in if self.cares() { &members.known } else { &members.ready } {
                let mut former = before.iter().zip(&places);
                let known = former.find(|(candidate, _)| candidate.instance == *index);
                let (in_flight, given) =
                    known.map_or((0, 0), |(candidate, place)| (candidate.in_flight, place.given));
                let instance = kernel.instance(*index);
                let identity = combine(name, instance.slot.into());
                let distance = kernel.links()[usize::from(*link)].settings.latency;
                self.candidates.push(Candidate { instance: *index, identity, in_flight, weight, distance });
                let address = Address::new((self.group, at), instance.slot, *link, *index);
                addresses.push(address);
                let since = instance.since;
                self.places.push(Place { link: *link, key: address.key, whole: weight, since, given });
            }
        }
        self.eligible = self.candidates.len();
        if let Some(care) = &mut self.care {
            care.follow(kernel, me, addresses);
            self.sift(kernel, me);
        }
        self.look_again = 0;
        self.picker.follow(kernel.now(), &self.candidates[..self.eligible]);
        self.tell_moves(kernel, me, homes);
    }

    /// Where keys are at home, if it goes by keys and knows anybody.
    fn homes(&self) -> Option<Homes> {
        self.picker.homes(&self.candidates[..self.eligible])
    }

    /// Notes how many keys are at home elsewhere than before.
    fn tell_moves(&self, kernel: &mut Kernel, me: InstanceIndex, before: Option<Homes>) {
        let Some(before) = before else { return };
        let Some(after) = self.homes() else { return };
        let moved = before.moved_to(&after);
        if moved > 0 {
            kernel.note(me, NoteKind::KeysMoved, moved, SAMPLE);
        }
    }

    /// Puts those that may be chosen first. They stand in the order of their addresses before.
    fn sift(&mut self, kernel: &mut Kernel, me: InstanceIndex) {
        let Some(care) = &mut self.care else { return };
        let all = self.candidates.len();
        let so_many = (0..all).filter(|at| care.may_be_chosen(*at)).count();
        let panics = care.panics(kernel, me, so_many);
        let (mut chosen, mut others) = (Vec::with_capacity(all), Vec::new());
        for (at, (candidate, place)) in self.candidates.iter().zip(&self.places).enumerate() {
            let since = place.since.max(care.healthy_since(at));
            let into = if panics || care.may_be_chosen(at) { &mut chosen } else { &mut others };
            into.push((*candidate, Place { since, ..*place }));
        }
        self.eligible = chosen.len();
        chosen.extend(others);
        (self.candidates, self.places) = chosen.into_iter().unzip();
    }

    /// Gives those that became ready after the start of the run a weight that grows with time, by hundredths.
    pub(super) fn let_start_slowly(&mut self, now: Time, window: Nanos) {
        if now < self.look_again {
            return;
        }
        let all = self.candidates.iter_mut().zip(&mut self.places);
        if self.look_again == 0 {
            all.for_each(|(candidate, place)| {
                candidate.weight *= WHOLE;
                place.whole = candidate.weight;
            });
        }
        let mut starting = false;
        for (candidate, place) in self.candidates.iter_mut().zip(&self.places) {
            let age = now - place.since;
            let part = if place.since == 0 || age >= window {
                WHOLE
            } else {
                starting = true;
                FIRST.max((u128::from(age) * u128::from(WHOLE) / u128::from(window)) as u32)
            };
            candidate.weight = place.whole / WHOLE * part;
        }
        self.look_again = if starting { now + window / u64::from(WHOLE) } else { Time::MAX };
        self.picker.follow(now, &self.candidates[..self.eligible]);
    }

    /// Chooses an instance, which gets a call, and the link to it.
    #[inline]
    pub(super) fn pick(&mut self, now: Time, request: &Request) -> Option<(InstanceIndex, u16)> {
        let eligible = &self.candidates[..self.eligible];
        let place = self.picker.pick(now, eligible, request, self.luck.generator())?;
        Some(self.give(place))
    }

    /// The same for whoever asks DNS, which knows nothing of the call. Also the key of the address.
    pub(super) fn answer(&mut self, now: Time) -> Option<(u32, (InstanceIndex, u16))> {
        let eligible = &self.candidates[..self.eligible];
        let place = self.picker.pick(now, eligible, &Request::default(), self.luck.generator())?;
        Some((self.places[place].key, self.give(place)))
    }

    /// Whoever is at an address now gets a call; `last` is who was there when it was given out.
    pub(super) fn at(&mut self, address: u32, last: InstanceIndex) -> Option<(InstanceIndex, u16)> {
        let still = self.place(last).filter(|place| self.places[*place].key == address);
        let place = still.or_else(|| self.places.iter().position(|place| place.key == address))?;
        Some(self.give(place))
    }

    #[inline]
    fn give(&mut self, place: usize) -> (InstanceIndex, u16) {
        self.candidates[place].in_flight += 1;
        self.places[place].given += 1;
        (self.candidates[place].instance, self.places[place].link)
    }

    /// A call goes along with its connection to an instance.
    pub(super) fn goes_along(&mut self, instance: InstanceIndex) {
        if let Some(place) = self.place(instance) {
            self.places[place].given += 1;
        }
    }

    /// A connection to an instance is no more.
    pub(super) fn release(&mut self, instance: InstanceIndex) {
        if let Some(place) = self.place(instance) {
            let candidate = &mut self.candidates[place];
            candidate.in_flight = candidate.in_flight.saturating_sub(1);
        }
    }

    /// The same for a visit that was tried before: another than those where it was, as long as there is one. In place of
    /// one of them it gets the next.
    #[inline(never)]
    pub(super) fn pick_another(
        &mut self,
        now: Time,
        request: &Request,
        visit: VisitId,
    ) -> Option<(InstanceIndex, u16)> {
        let eligible = &mut self.candidates[..self.eligible];
        let picked = self.picker.pick(now, eligible, request, self.luck.generator())?;
        let tried = self.tries.as_ref().map_or(&[][..], |tries| tries.of(visit));
        let others = (picked..eligible.len()).chain(0..picked);
        let place = others.into_iter().find(|at| !tried.contains(&eligible[*at].instance)).unwrap_or(picked);
        let given = self.give(place);
        if place != picked {
            self.picker.passed_over(&self.candidates[..self.eligible]);
        }
        Some(given)
    }

    /// A visit's call to an instance has failed, and is made again.
    pub(super) fn tried(&mut self, visit: VisitId, instance: InstanceIndex) {
        self.tries.get_or_insert_default().add(visit, instance);
    }

    /// A visit has ended.
    pub(super) fn forget(&mut self, visit: VisitId) {
        if let Some(tries) = &mut self.tries {
            tries.forget(visit);
        }
    }

    #[inline]
    pub(super) fn answered(&mut self, kernel: &mut Kernel, ended: &EndedCall, behind: &Behind) {
        let now = kernel.now();
        let Some(place) = self.place(ended.token) else { return };
        let candidate = &mut self.candidates[place];
        // Of a connection passed on as a whole it counts the connection, not the calls.
        if ended.step != PASS_ALONG {
            candidate.in_flight = candidate.in_flight.saturating_sub(1);
        }
        if place < self.eligible {
            self.picker.answered(now, place, candidate, now - ended.started);
        }
        let key = self.places[place].key;
        if let Some(care) = &mut self.care
            && care.learn(kernel, key, ended)
        {
            self.list_again(kernel, ended.from, behind);
        }
    }

    /// It is time for a health check, or to see who is ejected.
    pub(super) fn timer(
        &mut self,
        kernel: &mut Kernel,
        me: InstanceIndex,
        timer: (u32, u32),
        behind: &Behind,
    ) {
        self.refresh(kernel, me, behind);
        let Some(care) = &mut self.care else { return };
        if let Some(probe) = care.probe(kernel.now(), timer.0, timer.1) {
            kernel.call_apart(&probe.call(kernel, me, self.name, PROBE + self.group * KINDS));
        } else if care.sweep(kernel, me, timer) {
            self.list_again(kernel, me, behind);
        }
    }

    /// A health check has ended.
    pub(super) fn probed(&mut self, kernel: &mut Kernel, ended: &EndedCall, behind: &Behind) {
        let Some(care) = &mut self.care else { return };
        if care.probed(kernel, ended) {
            self.list_again(kernel, ended.from, behind);
        }
    }

    /// Others may be chosen than before.
    fn list_again(&mut self, kernel: &mut Kernel, me: InstanceIndex, behind: &Behind) {
        self.version = UNKNOWN;
        self.refresh(kernel, me, behind);
    }

    /// Where a candidate stands.
    #[inline]
    fn place(&self, instance: InstanceIndex) -> Option<usize> {
        // Those of one node that were made together follow each other.
        let first = self.candidates.first()?.instance;
        let likely = instance.wrapping_sub(first) as usize;
        let is_it = |candidate: &Candidate| candidate.instance == instance;
        if self.candidates.get(likely).is_some_and(is_it) {
            return Some(likely);
        }
        self.candidates.iter().position(is_it)
    }

    /// All it knows, in the order of their addresses; new ones start slowly for so long.
    pub(super) fn known(&self, now: Time, slow_start: Option<Nanos>) -> Vec<Known> {
        let mut known: Vec<(u32, Known)> = Vec::with_capacity(self.candidates.len());
        for (candidate, place) in self.candidates.iter().zip(&self.places) {
            let is_new = |window| place.since > 0 && now - place.since < window;
            let standing = match &self.care {
                Some(care) if !care.is_healthy_at(place.key) => Standing::Unhealthy,
                Some(care) if care.is_ejected(place.key) => Standing::Ejected,
                _ if slow_start.is_some_and(is_new) => Standing::StartingSlowly,
                _ => Standing::In,
            };
            let Candidate { instance, in_flight, .. } = *candidate;
            known.push((place.key, Known { instance, in_flight, given: place.given, standing }));
        }
        sort::by_key(&mut known, |(key, _)| *key);
        known.into_iter().map(|(_, known)| known).collect()
    }

    /// Those who have come since it chose last. Where it finds out by itself who is there, it knows of all.
    pub(super) fn not_listed(&self, kernel: &Kernel, behind: &Behind) -> Vec<Known> {
        if self.cares() {
            return Vec::new();
        }
        let members = |link: &u16| &kernel.members(kernel.links()[usize::from(*link)].to).ready;
        let ready = behind.links.iter().flat_map(members);
        let new = ready.filter(|index| self.candidates.iter().all(|candidate| candidate.instance != **index));
        let known = |index: &InstanceIndex| Known {
            instance: *index,
            in_flight: 0,
            given: 0,
            standing: Standing::In,
        };
        new.map(known).collect()
    }

    /// Whether all get calls because too few may.
    pub(super) fn panics(&self) -> bool {
        self.care.as_ref().is_some_and(|care| care.is_in_panic())
    }

    /// Whose the keys are.
    pub(super) fn owners(&self, places: usize) -> Owners {
        let owners = self.picker.owners(&self.candidates[..self.eligible], places);
        Owners {
            ring: self.picker.settings().algorithm == Algorithm::Ring,
            places: owners.into_iter().map(|place| self.candidates[place].instance).collect(),
        }
    }

    /// What is under way at each.
    pub(super) fn counts(&self) -> impl Iterator<Item = (InstanceIndex, u32)> {
        self.candidates.iter().map(|candidate| (candidate.instance, candidate.in_flight))
    }

    /// Calls under way.
    pub(super) fn in_flight(&self) -> u32 {
        self.candidates.iter().map(|candidate| candidate.in_flight).sum()
    }

    /// Recounts.
    pub(super) fn validate(&self) -> Result<(), String> {
        self.picker.validate()?;
        if self.places.len() != self.candidates.len() || self.eligible > self.candidates.len() {
            return Err("there are more places than candidates, or fewer".to_owned());
        }
        self.tries.as_ref().map_or(Ok(()), |tries| tries.validate())?;
        self.care.as_ref().map_or(Ok(()), |care| care.validate(self.candidates.len()))
    }
}
