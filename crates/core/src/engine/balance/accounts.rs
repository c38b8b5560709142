//! What an algorithm remembers of each candidate, in the order of the candidates, so that a choice needs no search.
//!
//! Costs: nothing per choice. When the candidates change, O(candidates) as long as their order stays roughly the same.

use super::Candidate;

#[derive(Clone, Debug)]
pub(super) struct Accounts<T> {
    list: Vec<(u32, T)>,
    // Reused when the candidates change.
    spare: Vec<(u32, T)>,
}

impl<T> Default for Accounts<T> {
    fn default() -> Self {
        Accounts { list: Vec::new(), spare: Vec::new() }
    }
}

impl<T: Copy> Accounts<T> {
    /// Makes the accounts match the candidates one to one; a new candidate begins with `fresh`.
    pub(super) fn follow(&mut self, candidates: &[Candidate], fresh: T) {
        let same = self.list.len() == candidates.len()
            && self.list.iter().zip(candidates).all(|((of, _), candidate)| *of == candidate.instance);
        if same {
            return;
        }
        std::mem::swap(&mut self.list, &mut self.spare);
        self.list.clear();
        // Both lists are mostly in the same order, so the search goes on where it last succeeded.
        let mut next = 0;
        for &Candidate { instance, .. } in candidates {
            let found = (next..self.spare.len()).chain(0..next).find(|&at| self.spare[at].0 == instance);
            let account = found.map_or(fresh, |at| self.spare[at].1);
            next = found.map_or(next, |at| at + 1);
            self.list.push((instance, account));
        }
    }

    /// In the order of the candidates.
    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.list.iter().map(|(_, account)| account)
    }

    /// In the order of the candidates.
    #[inline]
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.list.iter_mut().map(|(_, account)| account)
    }

    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<&T> {
        self.list.get(index).map(|(_, account)| account)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.list.get_mut(index).map(|(_, account)| account)
    }

    pub(super) fn memory(&self) -> u64 {
        ((self.list.capacity() + self.spare.capacity()) * size_of::<(u32, T)>()) as u64
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let mut instances: Vec<u32> = self.list.iter().map(|(instance, _)| *instance).collect();
        instances.sort_unstable();
        match instances.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("instance {} has two accounts", pair[0])),
            None => Ok(()),
        }
    }
}
