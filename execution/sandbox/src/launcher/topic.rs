//! What an event that the launcher waits for is about.

use rustix::event::epoll::EventData;

use crate::spec::{SandboxId, TemplateId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Warden,
    Server,
    /// A sandbox that is being born has something to tell.
    Birth(SandboxId),
    Died(SandboxId),
    ZygoteDied(TemplateId),
}

const TOPICS: u64 = 5;

impl From<Topic> for EventData {
    fn from(topic: Topic) -> Self {
        Self::new_u64(match topic {
            Topic::Warden => 0,
            Topic::Server => 1,
            Topic::Birth(sandbox) => sandbox.0 * TOPICS + 2,
            Topic::Died(sandbox) => sandbox.0 * TOPICS + 3,
            Topic::ZygoteDied(template) => u64::from(template.0) * TOPICS + 4,
        })
    }
}

impl From<EventData> for Topic {
    fn from(data: EventData) -> Self {
        let id = data.u64() / TOPICS;
        match data.u64() % TOPICS {
            0 => Self::Warden,
            1 => Self::Server,
            2 => Self::Birth(SandboxId(id)),
            3 => Self::Died(SandboxId(id)),
            // Templates are numbered with 16 bits.
            _zygote => Self::ZygoteDied(TemplateId(id as u16)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_survives_the_kernel() {
        let topics = [
            Topic::Warden,
            Topic::Server,
            Topic::Birth(SandboxId(7)),
            Topic::Died(SandboxId(1 << 59)),
            Topic::ZygoteDied(TemplateId(u16::MAX)),
        ];
        assert_eq!(topics.map(|topic| Topic::from(EventData::from(topic))), topics);
    }
}
