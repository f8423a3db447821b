//! Which sandboxes to make ahead of need: a plain state machine without clock, lock or I/O.
//!
//! ```text
//! Wanted / Warmed ──▶ the kind is the youngest; refill it up to `per_kind`
//! Made            ──▶ one more is parked; over `total`, the oldest kind gives one away
//! Failed          ──▶ nothing is tried again until somebody wants that kind
//! ```

use std::collections::HashMap;

use crate::spec::{Kind, Parking};

/// How many are made at the same time. More would take the processors from whoever is serving requests.
const MAKING_MAX: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Somebody needs one now; `parked` tells whether one was there to be taken.
    Wanted {
        kind: Kind,
        parked: bool,
    },
    /// Somebody will need one.
    Warmed(Kind),
    Made(Kind),
    Failed(Kind),
    /// Everything that was parked is gone, with its launcher.
    Lost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Make(Kind),
    Discard(Kind),
}

#[derive(Debug, Default)]
struct Lot {
    parked: usize,
    making: usize,
    /// When it was last wanted, in events.
    used: u64,
    /// Whether to fill it up; a failure ends that until somebody asks again.
    open: bool,
}

#[derive(Debug)]
pub(crate) struct Policy {
    parking: Parking,
    lots: HashMap<Kind, Lot>,
    events: u64,
}

impl Policy {
    pub(crate) fn new(parking: Parking) -> Self {
        Self { parking, lots: HashMap::new(), events: 0 }
    }

    pub(crate) fn on(&mut self, event: Event) -> Vec<Action> {
        self.events += 1;
        match event {
            Event::Wanted { kind, parked } => self.touch(kind, usize::from(parked)),
            Event::Warmed(kind) => self.touch(kind, 0),
            Event::Made(kind) => self.lot(kind, |lot| {
                lot.making -= 1;
                lot.parked += 1;
            }),
            Event::Failed(kind) => self.lot(kind, |lot| {
                lot.making -= 1;
                lot.open = false;
            }),
            Event::Lost => self.lots.values_mut().for_each(|lot| lot.parked = 0),
        }
        let mut actions = self.discard();
        actions.extend(self.refill());
        actions
    }

    fn touch(&mut self, kind: Kind, taken: usize) {
        let now = self.events;
        self.lot(kind, |lot| {
            lot.parked -= taken;
            lot.used = now;
            lot.open = true;
        });
    }

    fn lot(&mut self, kind: Kind, change: impl FnOnce(&mut Lot)) {
        change(self.lots.entry(kind).or_default());
    }

    /// Frees places that younger kinds need.
    fn discard(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        while self.held() + self.wanting() > self.parking.total {
            let Some((kind, lot)) = self.oldest_parked() else { break };
            lot.parked -= 1;
            lot.open = false;
            actions.push(Action::Discard(kind));
        }
        actions
    }

    /// How many the youngest open kind still lacks.
    fn wanting(&self) -> usize {
        let youngest = self.lots.values().filter(|lot| lot.open).max_by_key(|lot| lot.used);
        youngest.map_or(0, |lot| self.parking.per_kind.saturating_sub(lot.parked + lot.making))
    }

    fn held(&self) -> usize {
        self.lots.values().map(|lot| lot.parked + lot.making).sum()
    }

    /// Never the youngest, for which the place is.
    fn oldest_parked(&mut self) -> Option<(Kind, &mut Lot)> {
        let youngest = self.lots.values().map(|lot| lot.used).max()?;
        let parked = self.lots.iter_mut().filter(|(_, lot)| lot.parked > 0 && lot.used != youngest);
        parked.min_by_key(|(_, lot)| lot.used).map(|(kind, lot)| (*kind, lot))
    }

    fn refill(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        while self.making() < MAKING_MAX && self.held() < self.parking.total {
            let per_kind = self.parking.per_kind;
            let lacking =
                self.lots.iter_mut().filter(|(_, lot)| lot.open && lot.parked + lot.making < per_kind);
            let Some((kind, lot)) = lacking.max_by_key(|(_, lot)| lot.used) else { break };
            lot.making += 1;
            actions.push(Action::Make(*kind));
        }
        actions
    }

    fn making(&self) -> usize {
        self.lots.values().map(|lot| lot.making).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spec::{Egress, Root, TemplateId};

    fn index_of(kind: Kind) -> usize {
        match kind.root {
            Root::Template(id) => usize::from(id.0),
            Root::Image(_) => unreachable!("no test parks images"),
        }
    }

    fn kind(template: u16) -> Kind {
        Kind { root: Root::Template(TemplateId(template)), tmp_bytes: 1 << 29, egress: Egress::None }
    }

    fn policy(per_kind: usize, total: usize) -> Policy {
        Policy::new(Parking { per_kind, total })
    }

    #[test]
    fn the_first_want_fills_the_lot() {
        let mut policy = policy(2, 8);
        let actions = policy.on(Event::Wanted { kind: kind(0), parked: false });
        assert_eq!(actions, [Action::Make(kind(0)), Action::Make(kind(0))]);
        assert_eq!(policy.on(Event::Made(kind(0))), []);
    }

    #[test]
    fn taking_a_parked_one_has_it_replaced() {
        let mut policy = policy(1, 8);
        policy.on(Event::Warmed(kind(0)));
        policy.on(Event::Made(kind(0)));
        assert_eq!(policy.on(Event::Wanted { kind: kind(0), parked: true }), [Action::Make(kind(0))]);
    }

    #[test]
    fn a_failure_is_not_tried_again_until_somebody_asks() {
        let mut policy = policy(1, 8);
        policy.on(Event::Warmed(kind(0)));
        assert_eq!(policy.on(Event::Failed(kind(0))), []);
        assert_eq!(policy.on(Event::Warmed(kind(0))), [Action::Make(kind(0))]);
    }

    #[test]
    fn the_kind_that_was_wanted_longest_ago_gives_way() {
        let mut policy = policy(1, 1);
        policy.on(Event::Warmed(kind(0)));
        policy.on(Event::Made(kind(0)));
        assert_eq!(policy.on(Event::Warmed(kind(1))), [Action::Discard(kind(0)), Action::Make(kind(1))]);
    }

    #[test]
    fn what_a_dead_launcher_took_along_is_made_again() {
        let mut policy = policy(1, 8);
        policy.on(Event::Warmed(kind(0)));
        policy.on(Event::Made(kind(0)));
        assert_eq!(policy.on(Event::Lost), [Action::Make(kind(0))]);
    }

    #[test]
    fn nothing_is_parked_when_parking_is_off() {
        assert_eq!(policy(0, 0).on(Event::Wanted { kind: kind(0), parked: false }), []);
    }

    proptest! {
        /// Whatever happens in whatever order, the bounds hold and every count stays true.
        #[test]
        fn the_bounds_hold(steps in prop::collection::vec((0_u8..4, 0_u16..4), 0..200), per_kind in 0_usize..4, total in 0_usize..8) {
            let mut policy = policy(per_kind, total);
            let (mut making, mut parked) = (vec![0_usize; 4], vec![0_usize; 4]);
            for (step, template) in steps {
                let (index, kind) = (usize::from(template), kind(template));
                let event = match step {
                    0 if parked[index] > 0 => { parked[index] -= 1; Event::Wanted { kind, parked: true } }
                    0 => Event::Wanted { kind, parked: false },
                    1 if making[index] > 0 => { making[index] -= 1; parked[index] += 1; Event::Made(kind) }
                    2 if making[index] > 0 => { making[index] -= 1; Event::Failed(kind) }
                    _ => Event::Warmed(kind),
                };
                for action in policy.on(event) {
                    match action {
                        Action::Make(kind) => making[index_of(kind)] += 1,
                        Action::Discard(kind) => parked[index_of(kind)] -= 1,
                    }
                }
                let held: usize = making.iter().chain(&parked).sum();
                prop_assert!(held <= total, "{held} are held, {total} may be");
                prop_assert!(making.iter().sum::<usize>() <= MAKING_MAX);
                prop_assert!(parked.iter().all(|parked| *parked <= per_kind));
            }
        }
    }
}
