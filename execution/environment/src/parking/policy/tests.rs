use proptest::prelude::*;
use sandbox::{Egress, Root, TemplateId};

use super::*;

fn kind(template: u16) -> ParkedKind {
    ParkedKind {
        sandbox: sandbox::Kind {
            root: Root::Template(TemplateId(template)),
            tmp_bytes: 1 << 29,
            egress: Egress::None,
        },
        runtime: "python3.12".parse().unwrap(),
        heap_mib: None,
        has_sdk: false,
    }
}

const A: u16 = 0;
const B: u16 = 1;

/// The policy and a machine that does at once what it says; each environment takes 10 MiB.
struct World {
    policy: Policy,
    parked: HashMap<ParkedKind, u32>,
    making: HashMap<ParkedKind, u32>,
}

const EACH_MIB: u64 = 10;

impl World {
    fn new(memory_mib: u64, making: usize) -> World {
        let policy = Policy::new(Bounds { memory_mib, making });
        World { policy, parked: HashMap::new(), making: HashMap::new() }
    }

    fn on(&mut self, event: Event) -> Vec<Action> {
        let actions = self.policy.on(event);
        for action in &actions {
            match action {
                Action::Make(kind) => *self.making.entry(*kind).or_default() += 1,
                Action::Discard(kind) => *self.parked.get_mut(kind).expect("a parked one") -= 1,
            }
        }
        actions
    }

    /// Everything that is in the making gets ready.
    fn settle(&mut self) {
        while let Some((&kind, making)) = self.making.iter_mut().find(|(_, making)| **making > 0) {
            *making -= 1;
            self.made(kind);
        }
    }

    fn made(&mut self, kind: ParkedKind) {
        *self.parked.entry(kind).or_default() += 1;
        self.on(Event::Made { kind, memory_mib: EACH_MIB });
    }

    fn take(&mut self, template: u16) -> bool {
        let kind = kind(template);
        let parked = self.parked.get(&kind).is_some_and(|parked| *parked > 0);
        if parked {
            *self.parked.get_mut(&kind).expect("a parked one") -= 1;
        }
        self.on(Event::Taken { kind, parked });
        parked
    }

    /// A start takes these out before the policy hears of any.
    fn take_past_dead(&mut self, template: u16, dead: u32) -> bool {
        let kind = kind(template);
        *self.parked.get_mut(&kind).expect("dead ones") -= dead;
        for _ in 0..dead {
            self.on(Event::Died(kind));
        }
        self.take(template)
    }

    fn take_all(&mut self, starts: u32) {
        for _ in 0..starts {
            self.take(A);
        }
    }

    fn quiet_seconds(&mut self, seconds: u32) {
        for _ in 0..seconds {
            self.on(Event::Ticked);
            self.settle();
        }
    }

    fn parked(&self, template: u16) -> u32 {
        self.parked.get(&kind(template)).copied().unwrap_or_default()
    }
}

#[test]
fn one_is_parked_of_each_kind_that_a_function_has() {
    let mut world = World::new(100, 2);
    assert_eq!(world.on(Event::Expected(kind(A))), [Action::Make(kind(A))]);
    assert_eq!(world.on(Event::Expected(kind(A))), []);
    assert_eq!(world.on(Event::Expected(kind(B))), [Action::Make(kind(B))]);
}

#[test]
fn as_many_are_parked_as_were_started_within_a_second_and_one_more() {
    let mut world = World::new(1000, 2);
    world.take_all(5);
    world.settle();
    assert_eq!(world.parked(A), 6);
}

#[test]
fn what_waiting_starts_take_from_the_making_is_made_again_and_what_they_spare_is_parked() {
    let mut world = World::new(100, 1);
    assert_eq!(world.on(Event::Expected(kind(A))), [Action::Make(kind(A))]);
    assert!(!world.take(A));
    assert_eq!(world.on(Event::HandedOver(kind(A))), [Action::Make(kind(A))]);
    world.on(Event::Spared { kind: kind(A), memory_mib: EACH_MIB });
    assert_eq!(world.policy.counts()[0].parked, 1);
    // One more than was started is wanted: the one that was spared, and the one in the making.
    world.making.insert(kind(A), 1);
    world.settle();
    assert_eq!(world.policy.counts()[0].parked, 2);
}

#[test]
fn what_a_burst_left_decays_to_one_when_nothing_starts() {
    let mut world = World::new(1000, 2);
    world.take_all(20);
    world.settle();
    world.quiet_seconds(45);
    assert_eq!(world.parked(A), 11);
    world.quiet_seconds(600);
    assert_eq!(world.parked(A), 1);
}

#[test]
fn starts_in_every_second_keep_their_number_parked() {
    let mut world = World::new(1000, 2);
    for _ in 0..300 {
        world.take_all(3);
        world.quiet_seconds(1);
    }
    assert_eq!(world.parked(A), 4);
}

#[test]
fn no_more_are_made_at_once_than_the_machine_bears() {
    let mut world = World::new(1000, 2);
    assert_eq!((0..9).map(|_| world.take(A)).filter(|parked| *parked).count(), 0);
    assert_eq!(world.making[&kind(A)], 2);
}

#[test]
fn functions_get_the_memory_that_they_need_and_give_it_back() {
    let mut world = World::new(100, 2);
    world.take(A);
    world.settle();
    assert_eq!(world.parked(A), 2);
    assert_eq!(world.on(Event::Room { memory_mib: 10 }), [Action::Discard(kind(A))]);
    assert_eq!(world.on(Event::Room { memory_mib: 0 }), [Action::Discard(kind(A))]);
    world.on(Event::Room { memory_mib: 5000 });
    world.settle();
    assert_eq!(world.parked(A), 2);
}

#[test]
fn the_kind_whose_last_start_is_longest_ago_gives_way() {
    let mut world = World::new(24, 1);
    world.take(A);
    world.settle();
    assert_eq!(world.parked(A), 2);
    let discard = Action::Discard(kind(A));
    assert_eq!(world.on(Event::Expected(kind(B))), [discard, discard, Action::Make(kind(B))]);
}

#[test]
fn a_failure_is_not_tried_again_until_somebody_asks() {
    let mut world = World::new(100, 2);
    world.on(Event::Expected(kind(A)));
    assert_eq!(world.on(Event::Failed(kind(A))), []);
    assert_eq!(world.on(Event::Ticked), []);
    assert_eq!(world.on(Event::Taken { kind: kind(A), parked: false }), [Action::Make(kind(A)); 2]);
}

#[test]
fn what_died_is_replaced() {
    let mut world = World::new(100, 2);
    world.on(Event::Expected(kind(A)));
    world.settle();
    *world.parked.get_mut(&kind(A)).unwrap() -= 1;
    assert_eq!(world.on(Event::Died(kind(A))), [Action::Make(kind(A))]);
}

#[test]
fn the_dead_that_a_start_passes_over_no_longer_count_and_are_replaced() {
    let mut world = World::new(1000, 2);
    world.take_all(5);
    world.settle();
    assert_eq!(world.parked(A), 6);
    assert!(world.take_past_dead(A, 3));
    assert_eq!(world.policy.counts()[0].parked, 2);
    assert!(!world.take_past_dead(A, 2));
    world.settle();
    // Seven were started within a second.
    assert_eq!(world.parked(A), 8);
}

#[test]
fn nothing_is_parked_without_memory() {
    let mut world = World::new(0, 2);
    assert_eq!(world.on(Event::Expected(kind(A))), []);
    assert!(!world.take(A));
    assert_eq!(world.policy.counts(), []);
}

proptest! {
    /// Whatever happens in whatever order, memory and processors are respected and every count stays true.
    #[test]
    fn the_bounds_hold(
        steps in prop::collection::vec((0_u8..10, 0_u16..3), 0..300),
        memory_mib in 0_u64..200,
        making in 1_usize..4,
    ) {
        let mut world = World::new(memory_mib, making);
        let mut room_mib = memory_mib;
        for (step, template) in steps {
            let kind = kind(template);
            let (held, busy) = (world.parked(template), world.making.get(&kind).copied().unwrap_or_default());
            match step {
                0 => {
                    world.take(template);
                }
                1 if busy > 0 => {
                    *world.making.get_mut(&kind).unwrap() -= 1;
                    world.made(kind);
                }
                2 if busy > 0 => {
                    *world.making.get_mut(&kind).unwrap() -= 1;
                    world.on(Event::Failed(kind));
                }
                3 if held > 0 => {
                    *world.parked.get_mut(&kind).unwrap() -= 1;
                    world.on(Event::Died(kind));
                }
                4 => {
                    room_mib = u64::from(template) * 37;
                    world.on(Event::Room { memory_mib: room_mib });
                }
                5 => drop(world.on(Event::Ticked)),
                6 if busy > 0 => {
                    *world.making.get_mut(&kind).unwrap() -= 1;
                    world.on(Event::HandedOver(kind));
                }
                7 => {
                    *world.parked.entry(kind).or_default() += 1;
                    world.on(Event::Spared { kind, memory_mib: EACH_MIB });
                }
                8 if held > 0 => {
                    world.take_past_dead(template, held.div_ceil(2));
                }
                _ => drop(world.on(Event::Expected(kind))),
            }
            let parked = world.parked.values().sum::<u32>();
            let in_the_making = world.making.values().sum::<u32>();
            prop_assert!(in_the_making as usize <= making);
            // What is in the making when room is taken away is given up once it is there.
            prop_assert!(u64::from(parked) * EACH_MIB <= room_mib.min(memory_mib));
            let counted = world.policy.counts().iter().map(|count| count.parked + count.making).sum::<u32>();
            prop_assert_eq!(counted, parked + in_the_making);
        }
    }
}
