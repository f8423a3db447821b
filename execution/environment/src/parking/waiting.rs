//! Who waits for what is being made, each kind's in the order in which they came.
//!
//! Who gives up tells nobody: the receiver is dropped. From then on that one is not counted, and nothing is handed to
//! it.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use tokio::sync::oneshot;

#[derive(Debug)]
pub(crate) struct Waiting<K, T> {
    /// None of these is empty.
    queues: HashMap<K, Queue<T>>,
}

type Queue<T> = VecDeque<oneshot::Sender<T>>;

impl<K: Copy + Eq + Hash, T> Waiting<K, T> {
    pub(crate) fn new() -> Waiting<K, T> {
        Waiting { queues: HashMap::new() }
    }

    /// The receiver fails when there is nothing to wait for any more.
    pub(crate) fn join(&mut self, kind: K) -> oneshot::Receiver<T> {
        let (sender, receiver) = oneshot::channel();
        self.queues.entry(kind).or_default().push_back(sender);
        receiver
    }

    /// To the one that has waited longest. What nobody waits for comes back.
    pub(crate) fn give(&mut self, kind: K, one: T) -> Option<T> {
        let mut left = one;
        while let Some(waiter) = self.leave(kind, VecDeque::pop_front) {
            match waiter.send(left) {
                Ok(()) => return None,
                // It has gone: the next one's turn.
                Err(refused) => left = refused,
            }
        }
        Some(left)
    }

    /// The one that came last waits no longer: it has the least to lose.
    pub(crate) fn disappoint(&mut self, kind: K) {
        while self.leave(kind, VecDeque::pop_back).is_some_and(|waiter| waiter.is_closed()) {}
    }

    /// Of all kinds.
    pub(crate) fn len(&self) -> usize {
        self.queues.values().flatten().filter(|waiter| !waiter.is_closed()).count()
    }

    fn leave(
        &mut self,
        kind: K,
        pop: fn(&mut Queue<T>) -> Option<oneshot::Sender<T>>,
    ) -> Option<oneshot::Sender<T>> {
        let queue = self.queues.get_mut(&kind)?;
        let waiter = pop(queue);
        if queue.is_empty() {
            self.queues.remove(&kind);
        }
        waiter
    }
}

#[cfg(test)]
mod tests {
    use oneshot::error::TryRecvError;

    use super::*;

    fn waiting() -> Waiting<char, u32> {
        Waiting::new()
    }

    #[test]
    fn the_first_to_come_is_the_first_to_have() {
        let mut waiting = waiting();
        let (mut first, mut second) = (waiting.join('a'), waiting.join('a'));
        assert_eq!((waiting.give('a', 1), waiting.give('a', 2)), (None, None));
        assert_eq!((first.try_recv(), second.try_recv()), (Ok(1), Ok(2)));
        assert_eq!(waiting.len(), 0);
    }

    #[test]
    fn what_nobody_waits_for_comes_back() {
        let mut waiting = waiting();
        let mut other = waiting.join('b');
        assert_eq!(waiting.give('a', 1), Some(1));
        assert_eq!((other.try_recv(), waiting.len()), (Err(TryRecvError::Empty), 1));
        drop(waiting.join('a'));
        assert_eq!(waiting.give('a', 2), Some(2));
    }

    #[test]
    fn nothing_goes_to_who_has_given_up() {
        let mut waiting = waiting();
        drop(waiting.join('a'));
        let mut patient = waiting.join('a');
        assert_eq!(waiting.give('a', 1), None);
        assert_eq!(patient.try_recv(), Ok(1));
    }

    #[test]
    fn only_those_are_counted_who_still_wait() {
        let mut waiting = waiting();
        let (one, other, _third) = (waiting.join('a'), waiting.join('a'), waiting.join('b'));
        assert_eq!(waiting.len(), 3);
        drop(other);
        assert_eq!(waiting.len(), 2);
        drop(one);
        assert_eq!(waiting.len(), 1);
    }

    #[test]
    fn who_came_last_is_disappointed_first() {
        let mut waiting = waiting();
        let (mut first, mut last) = (waiting.join('a'), waiting.join('a'));
        drop(waiting.join('a'));
        waiting.disappoint('a');
        assert_eq!(
            (first.try_recv(), last.try_recv()),
            (Err(TryRecvError::Empty), Err(TryRecvError::Closed))
        );
        waiting.disappoint('b');
        assert_eq!(waiting.len(), 1);
    }

    #[test]
    fn nothing_is_kept_of_a_kind_for_which_nobody_waits() {
        let mut waiting = waiting();
        drop((waiting.join('a'), waiting.join('b')));
        waiting.disappoint('a');
        waiting.give('b', 1);
        assert!(waiting.queues.is_empty());
    }
}
