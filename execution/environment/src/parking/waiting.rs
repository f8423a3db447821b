//! Who waits for what is being made, each kind's in the order in which they came.
//!
//! Who gives up tells nobody: the receiver is dropped. From then on that one is not counted, and nothing is handed to
//! it.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use tokio::sync::oneshot;

#[derive(Debug)]
pub(crate) struct Waiting<K, T> {
    /// Those for which something is being made.
    queues: HashMap<K, Queue<T>>,
}

#[derive(Debug)]
struct Queue<T> {
    waiters: VecDeque<oneshot::Sender<T>>,
    /// How many are being made for them: never fewer than there are who still wait.
    making: usize,
}

impl<K: Copy + Eq + Hash, T> Waiting<K, T> {
    pub(crate) fn new() -> Waiting<K, T> {
        Waiting { queues: HashMap::new() }
    }

    /// One more is being made. The receiver fails when there is nothing to wait for any more.
    pub(crate) fn join(&mut self, kind: K) -> oneshot::Receiver<T> {
        let (sender, receiver) = oneshot::channel();
        let queue = self.queues.entry(kind).or_insert(Queue { waiters: VecDeque::new(), making: 0 });
        queue.waiters.push_back(sender);
        queue.making += 1;
        receiver
    }

    /// To the one that has waited longest, whoever made it. What nobody waits for comes back.
    pub(crate) fn give(&mut self, kind: K, one: T) -> Option<T> {
        let Some(queue) = self.queues.get_mut(&kind) else { return Some(one) };
        let mut left = one;
        while let Some(waiter) = queue.waiters.pop_front() {
            match waiter.send(left) {
                Ok(()) => return None,
                // It has gone: the next one's turn.
                Err(refused) => left = refused,
            }
        }
        Some(left)
    }

    /// One that was being made has been given, or will never be. If more wait than can still have one, the one that
    /// came last waits no longer: it has the least to lose.
    pub(crate) fn end_making(&mut self, kind: K) {
        let Some(queue) = self.queues.get_mut(&kind) else { return };
        queue.making -= 1;
        while queue.len() > queue.making {
            queue.waiters.pop_back();
        }
        if queue.making == 0 {
            self.queues.remove(&kind);
        }
    }

    /// Of all kinds.
    pub(crate) fn len(&self) -> usize {
        self.queues.values().map(Queue::len).sum()
    }
}

impl<T> Queue<T> {
    fn len(&self) -> usize {
        self.waiters.iter().filter(|waiter| !waiter.is_closed()).count()
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
        waiting.end_making('a');
        assert_eq!(
            (first.try_recv(), last.try_recv()),
            (Err(TryRecvError::Empty), Err(TryRecvError::Closed))
        );
        waiting.end_making('b');
        assert_eq!(waiting.len(), 1);
    }

    #[test]
    fn nobody_is_disappointed_while_enough_are_being_made() {
        let mut waiting = waiting();
        let (gone, mut patient) = (waiting.join('a'), waiting.join('a'));
        drop(gone);
        waiting.end_making('a');
        assert_eq!(patient.try_recv(), Err(TryRecvError::Empty));
        waiting.end_making('a');
        assert_eq!(patient.try_recv(), Err(TryRecvError::Closed));
    }

    #[test]
    fn what_another_gave_leaves_one_that_is_still_being_made() {
        let mut waiting = waiting();
        let (mut first, mut second) = (waiting.join('a'), waiting.join('a'));
        waiting.give('a', 1);
        waiting.end_making('a');
        assert_eq!((first.try_recv(), second.try_recv()), (Ok(1), Err(TryRecvError::Empty)));
        waiting.give('a', 2);
        waiting.end_making('a');
        assert_eq!(second.try_recv(), Ok(2));
    }

    #[test]
    fn nothing_is_kept_of_a_kind_of_which_none_is_being_made() {
        let mut waiting = waiting();
        drop((waiting.join('a'), waiting.join('b')));
        waiting.end_making('a');
        waiting.give('b', 1);
        waiting.end_making('b');
        assert!(waiting.queues.is_empty());
    }
}
