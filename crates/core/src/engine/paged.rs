//! A growable array in pages that clones share until one side writes.
//!
//! A run keeps copies of itself to go back to. A store of a million entries would cost a copy of all of them each
//! time; in pages, a clone costs one count per page, and a page is copied only when it is next written.
//!
//! Costs: read and write O(1) (one more indirection than a `Vec`), clone O(pages), first write to a page after a
//! clone O(page). A page knows whether it is shared, so writing to an unshared one needs no atomic operation, which
//! `Arc::make_mut` would. The price is that a `Paged` is `Send` but not `Sync`.

use std::cell::RefCell;
use std::sync::Arc;

/// A growable array of `T` in pages of `N`, a power of two.
#[derive(Debug)]
pub struct Paged<T, const N: usize> {
    pages: Vec<RefCell<Page<T, N>>>,
    len: u32,
}

// Exactly one of the two is there. A missing `own` is the only thing the fast paths look at.
#[derive(Debug)]
struct Page<T, const N: usize> {
    own: Option<Box<[T; N]>>,
    // A box inside the `Arc`, so that a page changes hands without being moved.
    shared: Option<Arc<Box<[T; N]>>>,
}

impl<T: Copy, const N: usize> Paged<T, N> {
    const SHIFT: u32 = {
        assert!(N.is_power_of_two(), "a page holds a power of two");
        N.trailing_zeros()
    };

    /// An empty array; allocates nothing.
    pub fn new() -> Self {
        Paged { pages: Vec::new(), len: 0 }
    }

    /// `len` times `value`.
    pub fn filled(value: T, len: u32) -> Self {
        let pages = (len as usize).div_ceil(N);
        Paged { pages: (0..pages).map(|_| Page::of(value)).collect(), len }
    }

    /// Elements.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets every element.
    pub fn clear(&mut self) {
        self.pages.clear();
        self.len = 0;
    }

    /// Appends `value`.
    pub fn push(&mut self, value: T) {
        if self.len as usize == self.pages.len() * N {
            self.pages.push(Page::of(value));
            self.len += 1;
        } else {
            self.len += 1;
            *self.at(self.len - 1) = value;
        }
    }

    /// The element at `index`, for callers without exclusive access. Panics beyond the end.
    pub fn read(&self, index: u32) -> T {
        self.pages[(index >> Self::SHIFT) as usize].borrow().elements()[index as usize % N]
    }

    /// The element at `index`: the fast way to read. Panics beyond the end.
    #[inline]
    pub fn get(&mut self, index: u32) -> T {
        self.pages[(index >> Self::SHIFT) as usize].get_mut().elements()[index as usize % N]
    }

    /// The element at `index`, to write; copies its page first if a clone shares it. Panics beyond the end.
    #[inline]
    pub fn at(&mut self, index: u32) -> &mut T {
        &mut self.pages[(index >> Self::SHIFT) as usize].get_mut().own()[index as usize % N]
    }

    /// Bytes this array occupies; shared pages count in full.
    pub fn memory(&self) -> u64 {
        (self.pages.len() * (N * size_of::<T>() + size_of::<RefCell<Page<T, N>>>())) as u64
    }
}

impl<T: Copy, const N: usize> Default for Paged<T, N> {
    fn default() -> Self {
        Paged::new()
    }
}

impl<T: Copy, const N: usize> Clone for Paged<T, N> {
    fn clone(&self) -> Self {
        let share = |page: &RefCell<Page<T, N>>| {
            RefCell::new(Page { own: None, shared: Some(page.borrow_mut().share()) })
        };
        Paged { pages: self.pages.iter().map(share).collect(), len: self.len }
    }
}

impl<T: Copy, const N: usize> Page<T, N> {
    fn of(value: T) -> RefCell<Self> {
        RefCell::new(Page { own: Some(Box::new([value; N])), shared: None })
    }

    #[inline]
    fn elements(&self) -> &[T; N] {
        match (&self.own, &self.shared) {
            (Some(own), _) => own,
            (None, Some(shared)) => shared,
            (None, None) => unreachable!("a page is owned or shared"),
        }
    }

    #[inline]
    fn own(&mut self) -> &mut [T; N] {
        let shared = &mut self.shared;
        self.own.get_or_insert_with(|| Self::unshare(shared))
    }

    /// The page for one side alone: copied, unless the other side is gone.
    #[cold]
    fn unshare(shared: &mut Option<Arc<Box<[T; N]>>>) -> Box<[T; N]> {
        match shared.take() {
            Some(page) => Arc::try_unwrap(page).unwrap_or_else(|page| Box::clone(&page)),
            None => unreachable!("a page is owned or shared"),
        }
    }

    fn share(&mut self) -> Arc<Box<[T; N]>> {
        let own = &mut self.own;
        let shared = self.shared.get_or_insert_with(|| match own.take() {
            Some(page) => Arc::new(page),
            None => unreachable!("a page is owned or shared"),
        });
        Arc::clone(shared)
    }
}
