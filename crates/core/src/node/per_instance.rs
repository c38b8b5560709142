//! State that belongs to an instance of a node. Few instances live at one time, so a sorted list serves.

use crate::sim::record::InstanceIndex;

/// Values by instance.
#[derive(Clone, Debug)]
pub(super) struct PerInstance<T>(Vec<(InstanceIndex, T)>);

impl<T> Default for PerInstance<T> {
    fn default() -> Self {
        PerInstance(Vec::new())
    }
}

impl<T> PerInstance<T> {
    /// Instances are never reused and come in rising order.
    pub(super) fn insert(&mut self, instance: InstanceIndex, value: T) {
        debug_assert!(self.0.last().is_none_or(|(last, _)| *last < instance));
        self.0.push((instance, value));
    }

    #[inline]
    pub(super) fn get(&self, instance: InstanceIndex) -> Option<&T> {
        self.place(instance).map(|place| &self.0[place].1)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, instance: InstanceIndex) -> Option<&mut T> {
        self.place(instance).map(|place| &mut self.0[place].1)
    }

    /// The value of an instance, made if there is none.
    pub(super) fn get_or_insert(&mut self, instance: InstanceIndex) -> &mut T
    where
        T: Default,
    {
        let place = self.0.binary_search_by_key(&instance, |(of, _)| *of).unwrap_or_else(|place| {
            self.0.insert(place, (instance, T::default()));
            place
        });
        &mut self.0[place].1
    }

    #[inline]
    fn place(&self, instance: InstanceIndex) -> Option<usize> {
        // Most nodes have one instance.
        if self.0.first().is_some_and(|(of, _)| *of == instance) {
            return Some(0);
        }
        self.0.binary_search_by_key(&instance, |(of, _)| *of).ok()
    }

    pub(super) fn remove(&mut self, instance: InstanceIndex) {
        self.0.retain(|(of, _)| *of != instance);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (InstanceIndex, &T)> {
        self.0.iter().map(|(instance, value)| (*instance, value))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (InstanceIndex, &mut T)> {
        self.0.iter_mut().map(|(instance, value)| (*instance, value))
    }
}
