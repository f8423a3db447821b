//! What the runtime may ask for next.

use super::reply::Reply;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Started,
    InitError,
    /// Blocked in `next`.
    Ready,
    Running,
    InvocationResponse,
    InvocationErrorResponse,
    ResponseSent,
}

impl State {
    /// The state after a call that leads to `target`, or the refusal.
    pub(super) fn to(self, target: State) -> Result<State, Reply> {
        if self.allows(target) { Ok(target) } else { Err(Reply::invalid_transition(self, target)) }
    }

    fn allows(self, target: State) -> bool {
        match self {
            State::Started => matches!(target, State::Ready | State::InitError),
            State::Running => {
                let answers = [State::Ready, State::InvocationResponse, State::InvocationErrorResponse];
                answers.contains(&target)
            }
            State::ResponseSent => target == State::Ready,
            State::Ready | State::InitError | State::InvocationResponse | State::InvocationErrorResponse => {
                false
            }
        }
    }

    /// AWS's name, which its error texts show.
    pub(super) fn name(self) -> &'static str {
        match self {
            State::Started => "Started",
            State::InitError => "InitError",
            State::Ready => "Ready",
            State::Running => "Running",
            State::InvocationResponse => "InvocationResponse",
            State::InvocationErrorResponse => "InvocationErrorResponse",
            State::ResponseSent => "RuntimeResponseSentState",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_that_answers_twice_is_refused_in_aws_s_words() {
        let refused = State::ResponseSent.to(State::InvocationResponse).unwrap_err();
        assert_eq!(
            refused.body(),
            "{\"errorMessage\":\"State transition from RuntimeResponseSentState to InvocationResponse failed for \
             runtime. Error: State transition is not allowed\",\"errorType\":\"InvalidStateTransition\"}\n"
        );
    }

    #[test]
    fn init_errors_are_legal_only_before_the_first_next() {
        assert!(State::Started.to(State::InitError).is_ok());
        for state in [State::InitError, State::Ready, State::Running, State::ResponseSent] {
            assert!(state.to(State::InitError).is_err(), "{state:?}");
        }
    }
}
