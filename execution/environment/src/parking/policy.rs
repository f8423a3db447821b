//! How many environments of each kind to park: a plain state machine without clock, lock or I/O.
//!
//! Of every kind that functions have, one is parked, and as many more as were lately started within a second; that
//! number decays by half in three quarters of a minute. All together stay within their memory: the kind whose last
//! start is longest ago gives way.
//!
//! ```text
//! Expected / Taken ──▶ the kind is the youngest, and wants to be full
//! Made             ──▶ one more is parked, and its size is known
//! HandedOver       ──▶ what was in the making went to a start that found nothing parked
//! Spared           ──▶ what was made for such a start is parked instead
//! Failed           ──▶ nothing is tried again until somebody wants that kind
//! Room             ──▶ functions need memory, or no longer do
//! ```

use std::collections::HashMap;

use super::kind::ParkedKind;

/// A burst of starts larger than this is met by what the machine can start at once.
const PER_KIND_MAX: u32 = 64;

/// Far more kinds than have room; those that nobody uses are forgotten.
const KINDS_MAX: usize = 256;

/// A second's starts, in thousandths, so that decay is gentle.
const ONE_START: u32 = 1000;

/// What remains of the demand after a quiet second is this much less: by half in 44 s.
const DECAY: u32 = 64;

/// What a kind's environments are taken to need until the first was measured.
pub(super) const SIZE_GUESS_MIB: u64 = 24;

/// What parking may use of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Of all parked environments together.
    pub memory_mib: u64,
    /// How many may be in the making at the same time: each keeps a processor busy for tens of milliseconds.
    pub making: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// There is a function of this kind.
    Expected(ParkedKind),
    /// A function started; `parked` tells whether an environment was there to be taken.
    Taken {
        kind: ParkedKind,
        parked: bool,
    },
    Made {
        kind: ParkedKind,
        memory_mib: u64,
    },
    Failed(ParkedKind),
    /// What was in the making went to a start that waited.
    HandedOver(ParkedKind),
    /// What was made for a start that waited is parked, for that has another.
    Spared {
        kind: ParkedKind,
        memory_mib: u64,
    },
    /// A parked one has died by itself.
    Died(ParkedKind),
    /// What functions leave of the memory.
    Room {
        memory_mib: u64,
    },
    /// A second has passed.
    Ticked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Make(ParkedKind),
    Discard(ParkedKind),
}

/// What there is of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) kind: ParkedKind,
    pub(crate) parked: u32,
    pub(crate) making: u32,
    /// What lately was started asks for; memory may allow less.
    pub(crate) wanted: u32,
    pub(crate) memory_mib: u64,
}

#[derive(Debug)]
struct Lot {
    parked: u32,
    making: u32,
    /// Within this second.
    starts: u32,
    demand: u32,
    /// When it was last wanted, in events.
    used: u64,
    each_mib: u64,
    /// Whether to fill it up; a failure ends that until somebody asks again.
    open: bool,
}

impl Lot {
    fn new() -> Lot {
        let each_mib = SIZE_GUESS_MIB;
        Lot { parked: 0, making: 0, starts: 0, demand: 0, used: 0, each_mib, open: true }
    }

    fn held(&self) -> u32 {
        self.parked + self.making
    }

    fn wanted(&self) -> u32 {
        if !self.open {
            return 0;
        }
        (1 + (self.demand + ONE_START / 2) / ONE_START).min(PER_KIND_MAX)
    }

    fn memory_mib(&self) -> u64 {
        u64::from(self.held()) * self.each_mib
    }

    fn start(&mut self) {
        self.starts += 1;
        self.demand = self.demand.max(self.starts.saturating_mul(ONE_START));
    }

    fn tick(&mut self) {
        if self.starts == 0 {
            self.demand -= self.demand.div_ceil(DECAY);
        }
        self.starts = 0;
    }
}

#[derive(Debug)]
pub(crate) struct Policy {
    bounds: Bounds,
    room_mib: u64,
    lots: HashMap<ParkedKind, Lot>,
    events: u64,
}

impl Policy {
    pub(crate) fn new(bounds: Bounds) -> Policy {
        Policy { bounds, room_mib: bounds.memory_mib, lots: HashMap::new(), events: 0 }
    }

    pub(crate) fn on(&mut self, event: Event) -> Vec<Action> {
        self.events += 1;
        match event {
            Event::Expected(kind) => self.expect(kind),
            Event::Taken { kind, parked } => self.take(kind, parked),
            Event::Made { kind, memory_mib } => self.change(kind, |lot| {
                lot.making -= 1;
                lot.parked += 1;
                lot.each_mib = memory_mib.max(1);
            }),
            Event::Failed(kind) => self.change(kind, |lot| {
                lot.making -= 1;
                lot.open = false;
            }),
            Event::HandedOver(kind) => self.change(kind, |lot| lot.making -= 1),
            Event::Spared { kind, memory_mib } => self.change(kind, |lot| {
                lot.parked += 1;
                lot.each_mib = memory_mib.max(1);
            }),
            Event::Died(kind) => self.change(kind, |lot| lot.parked -= 1),
            Event::Room { memory_mib } => self.room_mib = memory_mib.min(self.bounds.memory_mib),
            Event::Ticked => self.lots.values_mut().for_each(Lot::tick),
        }
        let mut actions = self.discard();
        actions.extend(self.refill());
        actions
    }

    pub(crate) fn counts(&self) -> Vec<Count> {
        let held = self.lots.iter().filter(|(_, lot)| lot.held() > 0);
        let count = |(kind, lot): (&ParkedKind, &Lot)| Count {
            kind: *kind,
            parked: lot.parked,
            making: lot.making,
            wanted: lot.wanted(),
            memory_mib: lot.memory_mib(),
        };
        held.map(count).collect()
    }

    pub(crate) fn room_mib(&self) -> u64 {
        self.room_mib
    }

    pub(crate) fn making_max(&self) -> usize {
        self.bounds.making
    }

    fn change(&mut self, kind: ParkedKind, change: impl FnOnce(&mut Lot)) {
        change(self.lots.entry(kind).or_insert_with(Lot::new));
    }

    /// A new function is likely to be invoked soon; hearing of an old one again changes nothing.
    fn expect(&mut self, kind: ParkedKind) {
        let now = self.events;
        self.change(kind, |lot| (lot.used, lot.open) = (now, true));
        if self.lots.len() > KINDS_MAX {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let empty = self.lots.iter().filter(|(_, lot)| lot.held() == 0);
        if let Some(kind) = empty.min_by_key(|(_, lot)| lot.used).map(|(kind, _)| *kind) {
            self.lots.remove(&kind);
        }
    }

    fn take(&mut self, kind: ParkedKind, parked: bool) {
        self.expect(kind);
        self.change(kind, |lot| {
            lot.parked -= u32::from(parked);
            lot.start();
        });
    }

    /// What is more than wanted goes, and what has no room: first of the kind whose last start is longest ago.
    fn discard(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        while let Some((kind, lot)) = self.superfluous() {
            lot.parked -= 1;
            actions.push(Action::Discard(kind));
        }
        actions
    }

    fn superfluous(&mut self) -> Option<(ParkedKind, &mut Lot)> {
        let short = self.memory_mib() + self.wanting_mib() > self.room_mib;
        let full = self.memory_mib() > self.room_mib;
        let youngest = self.lots.values().map(|lot| lot.used).max()?;
        let goes = |lot: &Lot| lot.held() > lot.wanted() || full || (short && lot.used != youngest);
        let parked = self.lots.iter_mut().filter(|(_, lot)| lot.parked > 0 && goes(lot));
        parked.min_by_key(|(_, lot)| lot.used).map(|(kind, lot)| (*kind, lot))
    }

    /// What the youngest kind still lacks, so far as there is room for it at all.
    fn wanting_mib(&self) -> u64 {
        let Some(lot) = self.lots.values().max_by_key(|lot| lot.used) else { return 0 };
        let lacking = u64::from(lot.wanted().saturating_sub(lot.held()));
        let fits = self.room_mib.saturating_sub(lot.memory_mib()) / lot.each_mib;
        lacking.min(fits) * lot.each_mib
    }

    fn memory_mib(&self) -> u64 {
        self.lots.values().map(Lot::memory_mib).sum()
    }

    fn refill(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        while self.making() < self.bounds.making {
            let free_mib = self.room_mib.saturating_sub(self.memory_mib());
            let lacking =
                self.lots.iter_mut().filter(|(_, lot)| lot.held() < lot.wanted() && lot.each_mib <= free_mib);
            let Some((kind, lot)) = lacking.max_by_key(|(_, lot)| lot.used) else { break };
            lot.making += 1;
            actions.push(Action::Make(*kind));
        }
        actions
    }

    fn making(&self) -> usize {
        self.lots.values().map(|lot| lot.making as usize).sum()
    }
}

#[cfg(test)]
mod tests;
