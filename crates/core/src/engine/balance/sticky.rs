//! Sticky sessions by cookie (nginx's `sticky cookie`, HAProxy's `cookie … insert`): a user's first call goes round robin
//! by weight, and the answer carries a cookie that names the server; further calls go there as long as it may be chosen.
//!
//! If it may not, the user gets another, and what the first kept of the session is lost. Users who come back weigh on
//! whom they know: a new server gets new users only. The cookies of all users stand here, not with them, and are as good
//! as answered at once. Callers without a cookie, other servers, go round robin. Costs: O(log candidates) for a known
//! user, O(candidates) for another; four bytes a user.

use super::Candidate;
use super::round_robin::RoundRobin;

/// No instance has this number.
const NOBODY: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(super) struct Sticky {
    /// The instance each user has a cookie of, by population and number.
    cookies: Vec<Vec<u32>>,
    /// Places of the candidates by their instances, in rising order of these.
    places: Vec<(u32, u32)>,
    first: RoundRobin,
}

/// A user: which population, and which of it.
pub type User = (u16, u32);

impl Default for Sticky {
    fn default() -> Self {
        Sticky { cookies: Vec::new(), places: Vec::new(), first: RoundRobin::new(true) }
    }
}

impl Sticky {
    pub(super) fn follow(&mut self, candidates: &[Candidate]) {
        self.first.follow(candidates);
        self.places.clear();
        self.places.extend(candidates.iter().map(|candidate| candidate.instance).zip(0..));
        crate::sort::by_key(&mut self.places, |(instance, _)| *instance);
    }

    pub(super) fn pick(&mut self, candidates: &[Candidate], user: Option<User>) -> Option<usize> {
        let Some((population, number)) = user else { return self.first.pick(candidates) };
        let (population, number) = (usize::from(population), number as usize);
        let known = self.cookies.get(population).and_then(|users| users.get(number)).copied();
        if let Some(place) = known.and_then(|instance| self.place(instance)) {
            return Some(place);
        }
        let place = self.first.pick(candidates)?;
        if self.cookies.len() <= population {
            self.cookies.resize(population + 1, Vec::new());
        }
        let users = &mut self.cookies[population];
        if users.len() <= number {
            users.resize(number + 1, NOBODY);
        }
        users[number] = candidates[place].instance;
        Some(place)
    }

    fn place(&self, instance: u32) -> Option<usize> {
        let found = self.places.binary_search_by_key(&instance, |(of, _)| *of).ok()?;
        Some(self.places[found].1 as usize)
    }

    pub(super) fn memory(&self) -> u64 {
        let cookies: usize = self.cookies.iter().map(Vec::capacity).sum();
        let places = self.places.capacity() * size_of::<(u32, u32)>();
        (cookies * size_of::<u32>() + places) as u64 + self.first.memory()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        match self.places.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            Some(pair) => Err(format!("instance {} stands before {}", pair[0].0, pair[1].0)),
            None => self.first.validate(),
        }
    }
}
