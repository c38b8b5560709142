//! One frame: what changes from moment to moment, as one array of numbers that is handed over, not copied.
//!
//! Layout: [`HEADER`] numbers, then [`INSTANCE`] numbers per instance, those of each balancer and [`HOP`] per hop, in the
//! order of the fields of [`Frame`], [`Gauges`], [`Balanced`] and [`Hop`]. Of a balancer these are its index, whether it has a
//! map (1) that is a ring (2), how many servers, the owners of [`PLACES`] places if it has, and two numbers per server. Encoding and decoding cost one pass; a reader that sees
//! another [`VERSION`] or a length that does not add up refuses the frame.

use super::{Micros, RunId};

/// Raised when the layout changes.
pub const VERSION: f64 = 2.0;
/// Numbers before the first instance.
pub const HEADER: usize = 13;
/// Numbers per instance.
pub const INSTANCE: usize = 20;
/// Places of a map.
pub const PLACES: usize = 64;
/// Numbers per hop.
pub const HOP: usize = 8;
/// Most hops in one frame.
pub const MAX_HOPS: usize = 8_192;

/// One moment of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Of this run.
    pub run: RunId,
    /// Time on the screen.
    pub time: Micros,
    /// How far the worker has simulated; charts may be drawn up to here.
    pub reached: Micros,
    /// Simulated seconds per real second, lately.
    pub speed: f64,
    /// Whether it goes on.
    pub status: Status,
    /// One mark is drawn for every 2^k requests.
    pub sampling: u32,
    /// Clients' requests in the system.
    pub inside: f64,
    /// Clients' requests since the start.
    pub sent: f64,
    /// Those that ended well.
    pub ok: f64,
    /// Those that ended otherwise.
    pub failed: f64,
    /// In the order of their birth; an instance keeps its index.
    pub instances: Vec<Gauges>,
    /// What instances of balancers see.
    pub balancers: Vec<Balanced>,
    /// Messages that left since the last frame, of the sampled requests.
    pub hops: Vec<Hop>,
}

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It does.
    #[default]
    Running,
    /// It has reached its duration.
    Ended,
    /// It has reached a limit and stopped.
    Overloaded,
}

/// An instance's life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Life {
    /// Not yet there.
    Starting,
    /// Takes calls.
    #[default]
    Ready,
    /// Finishes what it has.
    Draining,
    /// Left in order.
    Gone,
    /// Died.
    Dead,
}

/// What can be read off one instance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gauges {
    /// Index in the view's nodes.
    pub node: u16,
    /// Counted from 0 within its node.
    pub slot: u16,
    /// Its life.
    pub life: Life,
    /// Cores it has.
    pub cores: f64,
    /// Cores in use now.
    pub busy_cores: f64,
    /// Busy cores among cores over the last second, 0 to 1.
    pub utilisation: f64,
    /// Who may be inside.
    pub workers: f64,
    /// Who is.
    pub workers_in_use: f64,
    /// Visits waiting to be let in.
    pub queue: f64,
    /// Most connections its pools may have; 0 without a pool.
    pub pool_limit: f64,
    /// Connections of its pools in use.
    pub pool_in_use: f64,
    /// Calls waiting for one.
    pub pool_waiting: f64,
    /// Connections open to it.
    pub connections: f64,
    /// Most it takes; 0 if it does not count them.
    pub max_connections: f64,
    /// Keys stored.
    pub keys: f64,
    /// Keys it can store; 0 for what is no cache.
    pub capacity: f64,
    /// Requests a second: sent by clients, arrived elsewhere, over the last second.
    pub rate: f64,
    /// Work left of the visit that will be done next; 0 if none is running.
    pub next_done_us: Micros,
    /// Whether balancers pass calls on to it.
    pub standing: Standing,
    /// How its breakers stand.
    pub breakers: Breakers,
}

/// What balancers think of an instance: the worst that any of them does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It gets calls, or nobody asks whether it shall.
    #[default]
    In,
    /// Less than its weight says, for it is new.
    StartingSlowly,
    /// It has failed its checks, or has passed none yet.
    Unhealthy,
    /// Its calls have failed.
    Ejected,
    /// A balancer itself: too few behind it are well, so it calls all.
    Panics,
}

impl Standing {
    const ALL: [Standing; 5] =
        [Standing::In, Standing::StartingSlowly, Standing::Unhealthy, Standing::Ejected, Standing::Panics];

    /// Whether it gets no calls.
    pub fn is_out(self) -> bool {
        matches!(self, Standing::Unhealthy | Standing::Ejected)
    }
}

/// The breakers of an instance, by the links of its node in the order of the view: two bits each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breakers(pub u32);

/// How a breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breaker {
    /// Calls pass.
    Closed = 1,
    /// A few pass, to see whether they end well.
    HalfOpen = 2,
    /// None passes.
    Open = 3,
}

impl Breakers {
    /// How the one on the node's link number `place` stands; none where there is none, and after the first sixteen.
    pub fn get(self, place: usize) -> Option<Breaker> {
        let bits = self.0.checked_shr(2 * u32::try_from(place).ok()?)? & 3;
        [None, Some(Breaker::Closed), Some(Breaker::HalfOpen), Some(Breaker::Open)][bits as usize]
    }

    /// Says how it stands. After the first sixteen links this does nothing.
    pub fn set(&mut self, place: usize, breaker: Breaker) {
        if place < 16 {
            self.0 |= (breaker as u32) << (2 * place);
        }
    }
}

/// What an instance of a balancer sees.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Balanced {
    /// Its index in [`Frame::instances`].
    pub balancer: u32,
    /// Whose the keys are; none where no key chooses.
    pub map: Option<Map>,
    /// Whom it knows, by nodes and slots: index in [`Frame::instances`], and calls it gives it a second, over the last second.
    pub servers: Vec<(u32, f64)>,
}

/// Whose the keys are, as a balancer sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// Whether the places lie on a ring, not in a row.
    pub ring: bool,
    /// Index of the owner of each of the [`PLACES`] places in [`Frame::instances`].
    pub owners: Vec<u32>,
}

/// A message that travels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hop {
    /// When it left.
    pub departed: Micros,
    /// When it arrives.
    pub arrives: Micros,
    /// Sender's index in [`Frame::instances`].
    pub from: u32,
    /// Receiver's.
    pub to: u32,
    /// The client's request behind it.
    pub root: u64,
    /// The low 32 bits of the call it belongs to.
    pub call: u32,
    /// What to draw.
    pub what: What,
}

/// What a message is: the discriminants of the stream that a run emits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct What {
    /// 0 request, 1 reply, 2 cancel.
    pub direction: u8,
    /// 0 read, 1 write, 2 fill, 3 delete, 4 probe.
    pub operation: u8,
    /// 0 none, 1 hit, 2 miss.
    pub lookup: u8,
    /// 0 ok, 1 error, 2 refused, 3 timed out, 4 cancelled.
    pub outcome: u8,
    /// Whether the call is made again, or a second copy.
    pub again: bool,
    /// Whether it asks for another path than the first.
    pub other_path: bool,
}

impl What {
    fn pack(self) -> f64 {
        f64::from(
            u32::from(self.direction & 3)
                | u32::from(self.operation & 7) << 2
                | u32::from(self.lookup & 3) << 5
                | u32::from(self.outcome & 7) << 7
                | u32::from(self.again) << 10
                | u32::from(self.other_path) << 11,
        )
    }

    fn unpack(number: f64) -> What {
        let bits = number as u32;
        What {
            direction: (bits & 3) as u8,
            operation: (bits >> 2 & 7) as u8,
            lookup: (bits >> 5 & 3) as u8,
            outcome: (bits >> 7 & 7) as u8,
            again: bits >> 10 & 1 == 1,
            other_path: bits >> 11 & 1 == 1,
        }
    }
}

/// Writes `frame` into `out`, which is cleared first. Hops over [`MAX_HOPS`] are left out.
pub fn encode(frame: &Frame, out: &mut Vec<f64>) {
    out.clear();
    let hops = &frame.hops[..frame.hops.len().min(MAX_HOPS)];
    let status = match frame.status {
        Status::Running => 0.0,
        Status::Ended => 1.0,
        Status::Overloaded => 2.0,
    };
    out.extend([
        VERSION,
        f64::from(frame.run),
        frame.time,
        frame.reached,
        frame.speed,
        status,
        f64::from(frame.sampling),
        frame.inside,
        frame.sent,
        frame.ok,
        frame.failed,
        frame.instances.len() as f64,
        frame.balancers.len() as f64,
    ]);
    for gauges in &frame.instances {
        encode_gauges(gauges, out);
    }
    frame.balancers.iter().for_each(|balanced| encode_balanced(balanced, out));
    for hop in hops {
        let [high, low] = [(hop.root >> 32) as u32, hop.root as u32];
        out.extend([hop.departed, hop.arrives]);
        out.extend([hop.from, hop.to, high, low, hop.call].map(f64::from));
        out.push(hop.what.pack());
    }
}

fn encode_balanced(balanced: &Balanced, out: &mut Vec<f64>) {
    let kind = balanced.map.as_ref().map_or(0, |map| 1 + u8::from(map.ring));
    out.extend([f64::from(balanced.balancer), f64::from(kind), balanced.servers.len() as f64]);
    if let Some(map) = &balanced.map {
        let owners = map.owners.iter().copied().chain(std::iter::repeat(u32::MAX));
        out.extend(owners.take(PLACES).map(f64::from));
    }
    out.extend(balanced.servers.iter().flat_map(|(server, rate)| [f64::from(*server), *rate]));
}

fn encode_gauges(gauges: &Gauges, out: &mut Vec<f64>) {
    let life = match gauges.life {
        Life::Starting => 0.0,
        Life::Ready => 1.0,
        Life::Draining => 2.0,
        Life::Gone => 3.0,
        Life::Dead => 4.0,
    };
    out.extend([
        f64::from(gauges.node),
        f64::from(gauges.slot),
        life,
        gauges.cores,
        gauges.busy_cores,
        gauges.utilisation,
        gauges.workers,
        gauges.workers_in_use,
        gauges.queue,
        gauges.pool_limit,
        gauges.pool_in_use,
        gauges.pool_waiting,
        gauges.connections,
        gauges.max_connections,
        gauges.keys,
        gauges.capacity,
        gauges.rate,
        gauges.next_done_us,
        f64::from(gauges.standing as u8),
        f64::from(gauges.breakers.0),
    ]);
}

/// Reads a frame; `None` if it has another version or its length does not add up.
pub fn decode(numbers: &[f64]) -> Option<Frame> {
    let header = numbers.get(..HEADER)?;
    if header[0] != VERSION {
        return None;
    }
    let rest = &numbers[HEADER..];
    let (instances, rest) = rest.split_at_checked((header[11] as usize).checked_mul(INSTANCE)?)?;
    let mut hops = rest;
    let mut balancers = Vec::new();
    for _ in 0..header[12] as usize {
        let (balanced, rest) = decode_balanced(hops)?;
        balancers.push(balanced);
        hops = rest;
    }
    if hops.len() % HOP != 0 {
        return None;
    }
    Some(Frame {
        run: header[1] as RunId,
        time: header[2],
        reached: header[3],
        speed: header[4],
        status: match header[5] as u8 {
            0 => Status::Running,
            1 => Status::Ended,
            _ => Status::Overloaded,
        },
        sampling: header[6] as u32,
        inside: header[7],
        sent: header[8],
        ok: header[9],
        failed: header[10],
        instances: instances.chunks_exact(INSTANCE).map(decode_gauges).collect(),
        balancers,
        hops: hops.chunks_exact(HOP).map(decode_hop).collect(),
    })
}

fn decode_gauges(numbers: &[f64]) -> Gauges {
    Gauges {
        node: numbers[0] as u16,
        slot: numbers[1] as u16,
        life: match numbers[2] as u8 {
            0 => Life::Starting,
            1 => Life::Ready,
            2 => Life::Draining,
            3 => Life::Gone,
            _ => Life::Dead,
        },
        cores: numbers[3],
        busy_cores: numbers[4],
        utilisation: numbers[5],
        workers: numbers[6],
        workers_in_use: numbers[7],
        queue: numbers[8],
        pool_limit: numbers[9],
        pool_in_use: numbers[10],
        pool_waiting: numbers[11],
        connections: numbers[12],
        max_connections: numbers[13],
        keys: numbers[14],
        capacity: numbers[15],
        rate: numbers[16],
        next_done_us: numbers[17],
        standing: Standing::ALL.get(numbers[18] as usize).copied().unwrap_or_default(),
        breakers: Breakers(numbers[19] as u32),
    }
}

/// One balancer, and the numbers after it.
fn decode_balanced(numbers: &[f64]) -> Option<(Balanced, &[f64])> {
    let (&[balancer, kind, count], mut rest) = numbers.split_first_chunk()?;
    let mut map = None;
    if kind > 0.0 {
        let (owners, after) = rest.split_at_checked(PLACES)?;
        let owners = owners.iter().map(|owner| *owner as u32).collect();
        map = Some(Map { ring: kind > 1.0, owners });
        rest = after;
    }
    let (servers, rest) = rest.split_at_checked((count as usize).checked_mul(2)?)?;
    let servers = servers.chunks_exact(2).map(|pair| (pair[0] as u32, pair[1])).collect();
    Some((Balanced { balancer: balancer as u32, map, servers }, rest))
}

fn decode_hop(numbers: &[f64]) -> Hop {
    Hop {
        departed: numbers[0],
        arrives: numbers[1],
        from: numbers[2] as u32,
        to: numbers[3] as u32,
        root: u64::from(numbers[4] as u32) << 32 | u64::from(numbers[5] as u32),
        call: numbers[6] as u32,
        what: What::unpack(numbers[7]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE_HOPS: usize = HEADER + 6 * INSTANCE + 3 * 3 + 2 * PLACES + 3 * 2;

    fn sample() -> Frame {
        let gauges = |n: u16| Gauges {
            node: n,
            slot: 2,
            life: [Life::Starting, Life::Ready, Life::Draining, Life::Gone, Life::Dead][n as usize % 5],
            cores: 4.0,
            next_done_us: 6_000.0 + f64::from(n),
            standing: Standing::ALL[n as usize % 5],
            breakers: Breakers(u32::MAX - u32::from(n)),
            ..Gauges::default()
        };
        let hop = |n: u8| Hop {
            departed: 1.5,
            arrives: 2.5,
            from: 1,
            to: u32::MAX,
            root: 0xfedc_ba98_7654_3210,
            call: 0xffff_ff00 + u32::from(n),
            what: What {
                direction: n % 3,
                operation: n % 4,
                lookup: n % 3,
                outcome: n % 5,
                again: n % 2 == 1,
                other_path: n % 3 == 1,
            },
        };
        let map = |n: u32| Map { ring: n == 1, owners: (n..n + PLACES as u32).collect() };
        let balanced = |n: u32| Balanced {
            balancer: n,
            map: (n < 2).then(|| map(n)),
            servers: (0..n).map(|server| (server, 0.5 * f64::from(n))).collect(),
        };
        Frame {
            run: 7,
            time: 12.5,
            reached: 100.0,
            speed: 0.5,
            status: Status::Overloaded,
            sampling: 5,
            instances: (0..6).map(gauges).collect(),
            balancers: (0..3).map(balanced).collect(),
            hops: (0..20).map(hop).collect(),
            ..Frame::default()
        }
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        let mut numbers = vec![1.0];
        encode(&sample(), &mut numbers);
        assert_eq!(numbers.len(), BEFORE_HOPS + 20 * HOP);
        assert_eq!(decode(&numbers), Some(sample()));
    }

    #[test]
    fn a_frame_that_is_cut_or_foreign_is_refused() {
        let mut numbers = Vec::new();
        encode(&sample(), &mut numbers);
        for length in 0..numbers.len() {
            let cut_between_hops = length >= BEFORE_HOPS && (length - BEFORE_HOPS).is_multiple_of(HOP);
            assert_eq!(decode(&numbers[..length]).is_some(), cut_between_hops, "{length}");
        }
        for claimed in [-1.0, f64::NAN, f64::INFINITY, 1e300, 7.0] {
            for place in [11, 12] {
                let mut foreign = numbers.clone();
                foreign[place] = claimed;
                // Whatever the claim, no panic; a claim that fits by chance decodes to something.
                let _ = decode(&foreign);
            }
        }
        numbers[0] = VERSION + 1.0;
        assert_eq!(decode(&numbers), None);
    }

    #[test]
    fn breakers_of_sixteen_links_are_kept() {
        let mut breakers = Breakers::default();
        let all = [Breaker::Closed, Breaker::HalfOpen, Breaker::Open];
        (0..20).step_by(2).for_each(|place| breakers.set(place, all[place % 3]));
        for place in 0..40 {
            let expected = (place < 16 && place % 2 == 0).then(|| all[place % 3]);
            assert_eq!(breakers.get(place), expected, "{place}");
        }
    }

    #[test]
    fn hops_over_the_limit_are_left_out() {
        let frame = Frame { hops: vec![Hop::default(); MAX_HOPS + 5], ..Frame::default() };
        let mut numbers = Vec::new();
        encode(&frame, &mut numbers);
        assert_eq!(decode(&numbers).map(|f| f.hops.len()), Some(MAX_HOPS));
    }
}
