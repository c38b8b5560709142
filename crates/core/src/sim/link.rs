//! Links: what a message meets between two nodes. Latency, jitter, loss, bandwidth, a cut.
//!
//! Messages between the same two instances keep their order unless the link reorders, as over one TCP connection.
//! Loss and jitter are keyed draws of the call. A lost message makes nothing happen: only the caller's timer tells.

use super::attempts::Guard;
use super::event::{Event, Packed};
use super::queue::{EventQueue, Lane};
use super::random::{Purpose, Salt, below, combine, happens, scramble};
use super::record::{Direction, InstanceIndex, NodeIndex};
use super::time::{Nanos, SECOND, Time};

/// What a link is made of.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct LinkSettings {
    /// One way.
    pub latency: Nanos,
    /// Up to this much more, each message by its own luck, every value alike.
    pub jitter: Nanos,
    /// A probability as a threshold; see [`super::random::threshold`].
    pub loss: u64,
    /// Bytes per second between two instances, each way; none: without limit.
    pub bandwidth: Option<u64>,
    /// Whether a message may overtake another.
    pub reorder: bool,
    /// Round trips that opening a connection takes.
    pub connect_round_trips: u32,
    /// Giving a connection back takes a round trip more.
    pub reset_on_return: bool,
    /// Which of several ready instances is called, where the caller names none.
    pub choice: Choice,
}

/// Which of several ready instances is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Each in turn.
    #[default]
    InTurn,
    /// The one of the caller's own slot.
    OwnSlot,
    /// The one that the key belongs to, by rendezvous hashing: of all, the one whose hash with the key is highest
    /// (Thaler and Ravishankar, 1998). Where one leaves, only its keys move, to all others alike. O(instances).
    ByKey,
}

/// What happened last between two instances in one direction.
#[derive(Clone, Copy, Debug)]
struct Flow {
    from: InstanceIndex,
    to: InstanceIndex,
    /// When the last byte of the last message had left.
    sent: Time,
    /// When the last message arrives.
    arrives: Time,
}

/// A link from one node to another.
#[derive(Clone, Debug)]
pub struct Link {
    /// Calling node.
    pub from: NodeIndex,
    /// Called node.
    pub to: NodeIndex,
    /// What it is made of.
    pub settings: LinkSettings,
    /// Messages are lost until this time.
    pub cut_until: Time,
    /// More of its messages than usual are lost until a time: which share, as a threshold. The largest counts.
    lossy: Vec<(u64, Time)>,
    /// Until when it is not what it usually is.
    disturbed_until: Time,
    /// Where messages with no other delay than the latency wait; none at latency 0.
    pub(super) lane: Option<Lane>,
    /// Whether any caller has ever had a pool of connections on it.
    pub(super) has_pools: bool,
    plain: bool,
    jitter: Salt,
    loss: Salt,
    pub(super) backoff: Salt,
    /// What callers do about calls that fail or take long.
    pub(super) guard: Option<Box<Guard>>,
    /// Sorted by (from, to); used only where order or bandwidth needs it.
    flows: Vec<Flow>,
}

impl Link {
    pub(super) fn new(
        from: NodeIndex,
        to: NodeIndex,
        settings: LinkSettings,
        salt: impl Fn(Purpose) -> Salt,
    ) -> Link {
        Link {
            from,
            to,
            settings,
            cut_until: 0,
            lossy: Vec::new(),
            disturbed_until: 0,
            lane: None,
            has_pools: false,
            plain: false,
            jitter: salt(Purpose::Jitter),
            loss: salt(Purpose::Loss),
            backoff: salt(Purpose::Backoff),
            guard: None,
            flows: Vec::new(),
        }
    }

    /// Whether every message arrives and takes exactly the latency.
    #[inline]
    pub(super) fn is_plain(&self, now: Time) -> bool {
        self.plain && now >= self.disturbed_until
    }

    /// Takes a message along if every message arrives and takes exactly the latency. Whether it did.
    #[inline(always)]
    pub(super) fn carry(&self, now: Time, event: Event, queue: &mut EventQueue<Packed>) -> bool {
        let plain = self.is_plain(now);
        if plain {
            match self.lane {
                None => queue.push_at_once(now, event.pack()),
                Some(lane) => queue.push_to_lane(lane, now + self.settings.latency, event.pack()),
            }
        }
        plain
    }

    /// Changes what it is made of.
    pub(super) fn set(&mut self, settings: LinkSettings, lane: Option<Lane>) {
        self.settings = settings;
        self.lane = lane;
        self.plain = settings.jitter == 0 && settings.bandwidth.is_none() && settings.loss == 0;
    }

    /// All its messages are lost until a time.
    pub(super) fn cut(&mut self, until: Time) {
        self.cut_until = self.cut_until.max(until);
        self.disturbed_until = self.disturbed_until.max(until);
    }

    /// So large a share of its messages is lost until a time, beside those it always loses.
    pub(super) fn lose(&mut self, now: Time, share: u64, until: Time) {
        self.lossy.retain(|(_, until)| now < *until);
        self.lossy.push((share, until));
        self.disturbed_until = self.disturbed_until.max(until);
    }

    /// Whether the message of this call and direction is lost.
    #[inline]
    pub(super) fn loses(&self, now: Time, path: u64, direction: Direction) -> bool {
        if now < self.cut_until {
            return true;
        }
        let luck = || self.loss.draw(combine(path, direction as u64));
        // Other luck, so that shares add up as those of two bad cables do.
        if self.lossy.iter().any(|(share, until)| now < *until && happens(scramble(luck()), *share)) {
            return true;
        }
        self.settings.loss != 0 && happens(luck(), self.settings.loss)
    }

    /// When a message that leaves now arrives, on a link that is not plain.
    pub(super) fn arrival(
        &mut self,
        now: Time,
        (from, to): (InstanceIndex, InstanceIndex),
        path: u64,
        direction: Direction,
        bytes: u32,
    ) -> Time {
        let settings = self.settings;
        let luck = self.jitter.draw(combine(path, direction as u64));
        let extra = below(luck, settings.jitter.saturating_add(1));
        let place = self.flows.binary_search_by_key(&(from, to), |flow| (flow.from, flow.to));
        let place = place.unwrap_or_else(|place| {
            self.flows.insert(place, Flow { from, to, sent: 0, arrives: 0 });
            place
        });
        let flow = &mut self.flows[place];
        let takes = settings
            .bandwidth
            .map_or(0, |bandwidth| u64::from(bytes).saturating_mul(SECOND) / bandwidth.max(1));
        let sent = now.max(if settings.bandwidth.is_some() { flow.sent } else { 0 }).saturating_add(takes);
        let mut arrives = sent.saturating_add(settings.latency).saturating_add(extra);
        if !settings.reorder {
            arrives = arrives.max(flow.arrives);
        }
        flow.sent = sent;
        flow.arrives = arrives;
        arrives
    }
}
