//! The pools by example.

use super::world::{LIMITS, World, key};
use super::*;

#[test]
fn a_second_invocation_reuses_the_environment() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    assert_eq!(world.finish(environment), []);
    let (ticket, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Dispatch(ticket, environment)]);
}

#[test]
fn the_most_recently_used_environment_runs_next() {
    let mut world = World::new(LIMITS);
    let (first, second) = (world.busy("f", 128), world.busy("f", 128));
    world.finish(second);
    world.finish(first);
    let (ticket, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Dispatch(ticket, first)]);
}

#[test]
fn a_new_revision_gets_an_environment_of_its_own() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    world.finish(environment);
    let updated = PoolKey { revision: RevisionId::random(), ..key("f") };
    let actions = world.on(Event::Arrived { ticket: Ticket(9), key: updated, memory_mib: 128 });
    assert!(matches!(actions[..], [Action::Start(started, Ticket(9))] if started != environment));
}

#[test]
fn an_arrival_takes_an_environment_that_is_free_before_its_own_has_started() {
    let mut world = World::new(LIMITS);
    let running = world.busy("f", 128);
    let (ticket, actions) = world.arrive("f", 128);
    let [Action::Start(starting, _)] = actions[..] else { panic!("{actions:?}") };
    assert_eq!(world.finish(running), [Action::Dispatch(ticket, running)]);
    assert_eq!(world.on(Event::Started(starting)), []);
    let (next, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Dispatch(next, starting)]);
}

#[test]
fn an_arrival_joins_a_start_that_nobody_waits_for_any_more() {
    let mut world = World::new(LIMITS);
    let running = world.busy("f", 128);
    let (_, actions) = world.arrive("f", 128);
    let [Action::Start(starting, _)] = actions[..] else { panic!("{actions:?}") };
    world.finish(running);
    let (joined, actions) = world.arrive("f", 128);
    assert_eq!(actions, []);
    assert_eq!(world.on(Event::Started(starting)), [Action::Dispatch(joined, starting)]);
}

#[test]
fn throttles_when_the_account_has_its_concurrency_in_use() {
    let mut world = World::new(LIMITS);
    let first = world.busy("f", 128);
    for name in ["f", "g", "h"] {
        world.busy(name, 128);
    }
    let (ticket, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Throttle(ticket, Throttle::Concurrency)]);
    world.finish(first);
    let (ticket, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Dispatch(ticket, first)]);
}

#[test]
fn one_account_does_not_use_up_the_concurrency_of_another() {
    let mut world = World::new(LIMITS);
    for _ in 0..4 {
        world.busy("f", 128);
    }
    let other = PoolKey { account: "111111111111".parse().unwrap(), ..key("f") };
    let actions = world.on(Event::Arrived { ticket: Ticket(9), key: other, memory_mib: 128 });
    assert!(matches!(actions[..], [Action::Start(_, Ticket(9))]));
}

#[test]
fn memory_is_taken_from_the_least_recently_used_idle_environment() {
    let mut world = World::new(LIMITS);
    let (older, newer) = (world.busy("f", 512), world.busy("g", 512));
    world.finish(older);
    world.finish(newer);
    let (ticket, actions) = world.arrive("h", 512);
    assert!(matches!(actions[..], [Action::Retire(retired), Action::Start(_, started)]
        if retired == older && started == ticket));
}

#[test]
fn throttles_when_busy_environments_hold_all_memory_and_retires_nothing() {
    let mut world = World::new(LIMITS);
    let idle = world.busy("f", 256);
    world.finish(idle);
    world.busy("g", 768);
    let (ticket, actions) = world.arrive("h", 512);
    assert_eq!(actions, [Action::Throttle(ticket, Throttle::Memory)]);
    let (ticket, actions) = world.arrive("f", 256);
    assert_eq!(actions, [Action::Dispatch(ticket, idle)]);
}

#[test]
fn an_environment_without_work_is_reaped_when_its_time_is_over() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    world.finish(environment);
    world.now = world.now + Duration::from_secs(59);
    assert_eq!(world.on(Event::Ticked), []);
    world.now = world.now + Duration::from_secs(1);
    assert_eq!(world.on(Event::Ticked), [Action::Retire(environment)]);
    assert!(world.pools.is_empty());
}

#[test]
fn a_spent_environment_is_not_used_again() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    let actions = world.on(Event::Finished(environment, Fitness::Spent));
    assert_eq!(actions, [Action::Retire(environment)]);
    let (_, actions) = world.arrive("f", 128);
    assert!(matches!(actions[..], [Action::Start(other, _)] if other != environment));
}

#[test]
fn an_idle_environment_that_exits_is_not_used_again() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    world.finish(environment);
    assert_eq!(world.on(Event::Exited(environment)), [Action::Retire(environment)]);
    assert!(world.pools.is_empty());
}

#[test]
fn an_environment_that_exits_behind_its_answer_is_not_used_again() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    assert_eq!(world.on(Event::Exited(environment)), []);
    assert_eq!(world.finish(environment), [Action::Retire(environment)]);
}

#[test]
fn an_old_environment_is_replaced_after_its_invocation() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    world.now = world.now + Duration::from_secs(299);
    assert_eq!(world.finish(environment), []);
    let (ticket, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Dispatch(ticket, environment)]);
    world.now = world.now + Duration::from_secs(1);
    assert_eq!(world.finish(environment), [Action::Retire(environment)]);
}

#[test]
fn an_update_retires_idle_environments_at_once_and_busy_ones_when_they_are_done() {
    let mut world = World::new(LIMITS);
    let (idle, busy, other) = (world.busy("f", 128), world.busy("f", 128), world.busy("g", 128));
    world.finish(idle);
    world.finish(other);
    assert_eq!(world.outdate("f"), [Action::Retire(idle)]);
    assert_eq!(world.finish(busy), [Action::Retire(busy)]);
    let (ticket, actions) = world.arrive("g", 128);
    assert_eq!(actions, [Action::Dispatch(ticket, other)]);
}

#[test]
fn an_environment_that_an_update_finds_starting_runs_the_arrival_that_waits_and_no_other() {
    let mut world = World::new(LIMITS);
    let (ticket, actions) = world.arrive("f", 128);
    let [Action::Start(starting, _)] = actions[..] else { panic!("{actions:?}") };
    assert_eq!(world.outdate("f"), []);
    assert_eq!(world.on(Event::Started(starting)), [Action::Dispatch(ticket, starting)]);
    assert_eq!(world.finish(starting), [Action::Retire(starting)]);
}

#[test]
fn a_failed_start_fails_one_arrival_and_gives_back_what_it_held() {
    let mut world = World::new(LIMITS);
    let (ticket, actions) = world.arrive("f", 1024);
    let [Action::Start(environment, _)] = actions[..] else { panic!("{actions:?}") };
    let actions = world.on(Event::Exited(environment));
    assert_eq!(actions, [Action::Fail(ticket, environment), Action::Retire(environment)]);
    world.pools.assert_sound(LIMITS);
    assert!(world.pools.budget.is_unused());
}

#[test]
fn draining_retires_idle_environments_at_once_and_busy_ones_when_they_are_done() {
    let mut world = World::new(LIMITS);
    let (idle, busy) = (world.busy("f", 128), world.busy("f", 128));
    world.finish(idle);
    assert_eq!(world.on(Event::Drain), [Action::Retire(idle)]);
    assert!(!world.pools.is_empty());
    assert_eq!(world.finish(busy), [Action::Retire(busy)]);
    assert!(world.pools.is_empty());
}
