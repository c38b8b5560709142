//! The pool against a naive twin that keeps SQLAlchemy's own variables: a queue of records, of which each may be
//! without a connection, and `overflow`, which starts at `-pool_size`. Of a connection that carries several calls it counts
//! them.

use super::*;
use proptest::prelude::*;

/// A connection by the order in which connections were opened.
fn nth(ordinal: u32) -> ConnectionId {
    ConnectionId { slot: ordinal, generation: 0 }
}

#[derive(Clone, Copy)]
struct Connection {
    ordinal: u32,
    opened_at: Time,
    epoch: u64,
}

type Record = Option<Connection>;

#[derive(Clone, Copy)]
struct Busy {
    connection: Connection,
    waiter: u64,
    since: Time,
    opening: bool,
    again: bool,
    streams: u32,
}

struct Twin {
    settings: PoolSettings,
    overflow: i64,
    queue: Vec<Record>,
    waiting: Vec<(u64, Time)>,
    busy: Vec<Busy>,
    epoch: u64,
    opened: u32,
    out: Vec<Effect>,
}

impl Twin {
    fn new(settings: PoolSettings) -> Self {
        Twin {
            settings,
            overflow: -i64::from(settings.pool_size),
            queue: Vec::new(),
            waiting: Vec::new(),
            busy: Vec::new(),
            epoch: 0,
            opened: 0,
            out: Vec::new(),
        }
    }

    fn max_overflow(&self) -> i64 {
        if self.settings.pool_size == 0 { i64::MAX } else { i64::from(self.settings.max_overflow) }
    }

    fn has_streams(&self) -> bool {
        self.settings.streams > 1
    }

    fn is_old(&self, now: Time, connection: Connection) -> bool {
        let too_old = self.settings.recycle.is_some_and(|recycle| now - connection.opened_at > recycle);
        too_old || connection.epoch != self.epoch
    }

    /// Where the oldest connection with a free stream stands.
    fn free_stream(&self, now: Time) -> Option<usize> {
        if !self.has_streams() || self.overflow > self.max_overflow() {
            return None;
        }
        let fitting = (0..self.busy.len()).filter(|at| {
            let busy = self.busy[*at];
            !busy.opening && busy.streams < self.settings.streams && !self.is_old(now, busy.connection)
        });
        fitting.min_by_key(|at| self.busy[*at].connection.ordinal)
    }

    /// Free streams of connections that are being opened, when those who wait have theirs.
    fn to_spare(&self) -> i64 {
        let opening = self.busy.iter().filter(|busy| busy.opening).count() as i64;
        let streams = if self.has_streams() { i64::from(self.settings.streams) } else { 1 };
        opening * (streams - 1) - self.waiting.len() as i64
    }

    fn join(&mut self, at: usize, waiter: u64) {
        self.busy[at].streams += 1;
        let connection = nth(self.busy[at].connection.ordinal);
        self.out.push(Effect::Grant { waiter, connection, ping: false });
    }

    fn wait(&mut self, now: Time, waiter: u64) {
        self.waiting.push((waiter, now));
        if self.settings.timeout > 0 {
            self.out.push(Effect::SetTimer { waiter, at: now + self.settings.timeout });
        }
    }

    /// One after the other, as if they came now, as long as somebody can be helped.
    fn serve(&mut self, now: Time) {
        while let Some(&(waiter, since)) = self.waiting.first() {
            if let Some(at) = self.free_stream(now) {
                self.out.push(Effect::CancelTimer { waiter });
                self.join(at, waiter);
            } else if self.overflow < self.max_overflow() && (!self.has_streams() || self.to_spare() < 0) {
                self.out.push(Effect::CancelTimer { waiter });
                self.overflow += 1;
                self.connect(now, waiter, since, false);
            } else {
                return;
            }
            self.waiting.remove(0);
        }
    }

    fn share_out(&mut self, now: Time) {
        if self.has_streams() {
            self.serve(now);
        }
    }

    fn check_out(&mut self, now: Time, waiter: u64) {
        if let Some(at) = self.free_stream(now) {
            return self.join(at, waiter);
        }
        if !self.queue.is_empty() {
            let at = if self.settings.use_lifo { self.queue.len() - 1 } else { 0 };
            let record = self.queue.remove(at);
            self.get_connection(now, record, waiter, now);
        } else if self.has_streams() && self.to_spare() > 0 {
            self.wait(now, waiter);
        } else if self.overflow < self.max_overflow() {
            self.overflow += 1;
            self.connect(now, waiter, now, false);
        } else if self.settings.timeout == 0 {
            self.out.push(Effect::Refuse { waiter, waited: 0, reason: Refusal::TimedOut });
        } else {
            self.wait(now, waiter);
        }
    }

    fn get_connection(&mut self, now: Time, record: Record, waiter: u64, since: Time) {
        if let Some(connection) = record {
            if !self.is_old(now, connection) {
                self.busy.push(Busy { connection, waiter, since, opening: false, again: true, streams: 1 });
                let ping = self.settings.pre_ping;
                return self.out.push(Effect::Grant { waiter, connection: nth(connection.ordinal), ping });
            }
            self.out.push(Effect::Close { connection: nth(connection.ordinal) });
        }
        self.connect(now, waiter, since, true);
    }

    fn connect(&mut self, now: Time, waiter: u64, since: Time, again: bool) {
        let connection = Connection { ordinal: self.opened, opened_at: now, epoch: self.epoch };
        self.opened += 1;
        self.busy.push(Busy { connection, waiter, since, opening: true, again, streams: 0 });
        self.out.push(Effect::Open { connection: nth(connection.ordinal), waiter });
    }

    fn return_record(&mut self, now: Time, record: Record) {
        let must_shrink = self.overflow > self.max_overflow();
        if !must_shrink && !self.waiting.is_empty() {
            let (waiter, since) = self.waiting.remove(0);
            self.out.push(Effect::CancelTimer { waiter });
            self.get_connection(now, record, waiter, since);
        } else if !must_shrink
            && (self.settings.pool_size == 0 || self.queue.len() < self.settings.pool_size as usize)
            && !(self.has_streams() && record.is_some_and(|connection| self.is_old(now, connection)))
        {
            self.queue.push(record);
        } else {
            self.close(record);
            self.overflow -= 1;
        }
    }

    fn close(&mut self, record: Record) {
        if let Some(connection) = record {
            self.out.push(Effect::Close { connection: nth(connection.ordinal) });
        }
    }

    fn take_busy(&mut self, opening: bool, ordinal: u32) -> Option<Busy> {
        let at = self
            .busy
            .iter()
            .position(|busy| busy.connection.ordinal == ordinal && busy.opening == opening)?;
        Some(self.busy.remove(at))
    }

    fn on(&mut self, now: Time, input: Input) {
        match input {
            Input::Checkout { waiter } => self.check_out(now, waiter),
            Input::Checkin { connection } => {
                if let Some(busy) = self.take_busy(false, connection.slot) {
                    if busy.streams > 1 {
                        self.busy.push(Busy { streams: busy.streams - 1, ..busy });
                    } else {
                        self.return_record(now, Some(busy.connection));
                    }
                    self.share_out(now);
                }
            }
            Input::Broken { connection } => {
                if let Some(busy) = self.take_busy(false, connection.slot) {
                    self.epoch += 1;
                    self.close(Some(busy.connection));
                    self.return_record(now, None);
                    self.share_out(now);
                }
            }
            Input::Opened { connection } => {
                if let Some(busy) = self.take_busy(true, connection.slot) {
                    self.busy.push(Busy { opening: false, streams: 1, ..busy });
                    self.out.push(Effect::Grant { waiter: busy.waiter, connection, ping: false });
                    self.share_out(now);
                }
            }
            Input::OpenFailed { connection } => {
                if let Some(Busy { waiter, since, again, .. }) = self.take_busy(true, connection.slot) {
                    let reason = Refusal::OpenFailed;
                    self.out.push(Effect::Refuse { waiter, waited: now - since, reason });
                    self.opening_ended(now, again);
                    self.share_out(now);
                }
            }
            Input::PingFailed { connection } => {
                if let Some(busy) = self.take_busy(false, connection.slot) {
                    self.epoch += 1;
                    self.close(Some(busy.connection));
                    self.connect(now, busy.waiter, busy.since, true);
                }
            }
            Input::WaitTimedOut { waiter } => self.timed_out(now, waiter),
            Input::GiveUp { waiter } => self.give_up(now, waiter),
            Input::Invalidate => self.epoch += 1,
            Input::Reconfigure(settings) => self.reconfigure(now, settings),
        }
    }

    fn opening_ended(&mut self, now: Time, again: bool) {
        if again {
            self.return_record(now, None);
        } else {
            self.overflow -= 1;
        }
    }

    fn timed_out(&mut self, now: Time, waiter: u64) {
        let Some(at) = self.waiting.iter().position(|&(who, _)| who == waiter) else { return };
        let (_, since) = self.waiting.remove(at);
        if self.overflow < self.max_overflow() && (!self.has_streams() || self.to_spare() <= 0) {
            self.overflow += 1;
            self.connect(now, waiter, since, false);
        } else {
            self.out.push(Effect::Refuse { waiter, waited: now - since, reason: Refusal::TimedOut });
        }
    }

    fn give_up(&mut self, now: Time, waiter: u64) {
        if let Some(at) = self.waiting.iter().position(|&(who, _)| who == waiter) {
            self.waiting.remove(at);
            self.out.push(Effect::CancelTimer { waiter });
        } else if let Some(at) = self.busy.iter().position(|busy| busy.opening && busy.waiter == waiter) {
            if self.has_streams() && !self.waiting.is_empty() {
                let (waiter, since) = self.waiting.remove(0);
                self.out.push(Effect::CancelTimer { waiter });
                self.busy[at] = Busy { waiter, since, ..self.busy[at] };
                return;
            }
            let busy = self.busy.remove(at);
            self.close(Some(busy.connection));
            self.opening_ended(now, busy.again);
        }
    }

    fn reconfigure(&mut self, now: Time, settings: PoolSettings) {
        self.overflow += i64::from(self.settings.pool_size) - i64::from(settings.pool_size);
        self.settings = settings;
        let kept = if settings.pool_size == 0 { usize::MAX } else { settings.pool_size as usize };
        while !self.queue.is_empty() && (self.queue.len() > kept || self.overflow > self.max_overflow()) {
            let record = self.queue.remove(0);
            self.close(record);
            self.overflow -= 1;
        }
        self.serve(now);
    }
}

/// What to do next; numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    Checkout,
    Checkin(usize),
    Broken(usize),
    Opened(usize),
    OpenFailed(usize),
    PingFailed(usize),
    WaitTimedOut(usize),
    GiveUp(u64),
    Invalidate,
    Reconfigure(PoolSettings),
}

fn settings() -> impl Strategy<Value = PoolSettings> {
    let recycle = prop_oneof![Just(None), (0..30u64).prop_map(Some)];
    let streams = prop_oneof![Just(1), 0..6u32];
    (0..4u32, 0..4u32, 0..20u64, any::<bool>(), any::<bool>(), recycle, streams).prop_map(
        |(pool_size, max_overflow, timeout, use_lifo, pre_ping, recycle, streams)| PoolSettings {
            pool_size,
            max_overflow,
            timeout,
            use_lifo,
            pre_ping,
            recycle,
            streams,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let any = 0..100usize;
    prop_oneof![
        20 => Just(Step::Checkout),
        12 => any.clone().prop_map(Step::Checkin),
        1 => any.clone().prop_map(Step::Broken),
        12 => any.clone().prop_map(Step::Opened),
        3 => any.clone().prop_map(Step::OpenFailed),
        1 => any.clone().prop_map(Step::PingFailed),
        4 => any.prop_map(Step::WaitTimedOut),
        2 => (0..60u64).prop_map(Step::GiveUp),
        1 => Just(Step::Invalidate),
        1 => settings().prop_map(Step::Reconfigure),
    ]
}

/// The step as an input, its connection by ordinal. Any ordinal may come, also one that is gone.
fn input(step: Step, twin: &Twin, waiter: u64) -> Input {
    let busy = |opening: bool, choice: usize| {
        let fitting: Vec<u32> = twin
            .busy
            .iter()
            .filter(|busy| busy.opening == opening)
            .map(|busy| busy.connection.ordinal)
            .collect();
        // One choice in ten is blind.
        let blind = choice.is_multiple_of(10) || fitting.is_empty();
        nth(if blind { choice as u32 / 3 } else { fitting[choice % fitting.len()] })
    };
    match step {
        Step::Checkout => Input::Checkout { waiter },
        Step::Checkin(choice) => Input::Checkin { connection: busy(false, choice) },
        Step::Broken(choice) => Input::Broken { connection: busy(false, choice) },
        Step::Opened(choice) => Input::Opened { connection: busy(true, choice) },
        Step::OpenFailed(choice) => Input::OpenFailed { connection: busy(true, choice) },
        Step::PingFailed(choice) => Input::PingFailed { connection: busy(false, choice) },
        Step::WaitTimedOut(choice) => {
            let waiting = twin.waiting.get(choice % twin.waiting.len().max(1));
            Input::WaitTimedOut { waiter: waiting.map_or(choice as u64, |&(waiter, _)| waiter) }
        }
        Step::GiveUp(waiter) => Input::GiveUp { waiter },
        Step::Invalidate => Input::Invalidate,
        Step::Reconfigure(settings) => Input::Reconfigure(settings),
    }
}

/// The connection an input or effect names, to be translated.
fn connection_of(input: &mut Input) -> Option<&mut ConnectionId> {
    match input {
        Input::Checkin { connection }
        | Input::Broken { connection }
        | Input::Opened { connection }
        | Input::OpenFailed { connection }
        | Input::PingFailed { connection } => Some(connection),
        _ => None,
    }
}

fn by_ordinal(mut effect: Effect, opened: &mut Vec<ConnectionId>) -> Effect {
    if let Effect::Open { connection, .. } = effect {
        opened.push(connection);
    }
    if let Effect::Open { connection, .. } | Effect::Grant { connection, .. } | Effect::Close { connection } =
        &mut effect
    {
        let ordinal = opened.iter().position(|known| known == connection);
        *connection = nth(ordinal.map_or(u32::MAX, |ordinal| ordinal as u32));
    }
    effect
}

proptest! {
    #[test]
    fn behaves_like_its_twin(
        start in settings(),
        steps in prop::collection::vec((step(), 0..5u64), 1..150),
    ) {
        let (mut pool, mut twin) = (Pool::new(start), Twin::new(start));
        let (mut opened, mut out, mut now) = (Vec::new(), Vec::new(), 0);
        for (waiter, (step, pause)) in (0..).zip(steps) {
            now += pause;
            let mut input = input(step, &twin, waiter);
            twin.on(now, input);
            if let Some(connection) = connection_of(&mut input) {
                *connection = opened.get(connection.slot as usize).copied().unwrap_or(nth(1000));
            }
            pool.on(now, input, &mut out);
            let effects: Vec<Effect> = out.drain(..).map(|effect| by_ordinal(effect, &mut opened)).collect();
            prop_assert_eq!(effects, std::mem::take(&mut twin.out));
            let idle_open = twin.queue.iter().flatten().count();
            prop_assert_eq!(pool.open() as usize, idle_open + twin.busy.len());
            prop_assert_eq!(pool.idle() as usize, twin.queue.len());
            prop_assert_eq!(pool.in_use() as usize, twin.busy.len());
            prop_assert_eq!(pool.waiting() as usize, twin.waiting.len());
            prop_assert_eq!(pool.validate(), Ok(()));
        }
    }
}
