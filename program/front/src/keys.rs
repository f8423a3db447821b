//! Which key belongs to whom.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use model::{
    AccountId, Caller, FunctionPermissions, FunctionSession, Principal, SessionCredentials, Timestamp,
};
use sigv4::{Credential, SignatureError};

use crate::session::{Session, SessionKey};

/// The lasting keys of the accounts, and the sessions of their functions. Clones share them.
#[derive(Clone)]
pub struct Keys(Arc<Known>);

struct Known {
    lasting: HashMap<String, (Credential, AccountId)>,
    sessions: SessionKey,
    permissions: FunctionPermissions,
}

impl Keys {
    /// `root` is the root key of `account`; function sessions are derived from it.
    pub fn new(root: Credential, account: AccountId, permissions: FunctionPermissions) -> Keys {
        let sessions = SessionKey::derive(&root);
        let lasting = HashMap::from([(root.access_key_id().to_owned(), (root, account))]);
        Keys(Arc::new(Known { lasting, sessions, permissions }))
    }

    /// Makes the credentials that an environment gets.
    pub fn mint(&self, session: &Session) -> SessionCredentials {
        self.0.sessions.mint(session)
    }

    /// Whom a key id, with the token that came along, belongs to, and what it signs with.
    pub(crate) fn find(
        &self,
        key_id: &str,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<(Caller, Credential), SignatureError> {
        if let Some((credential, account)) = self.0.lasting.get(key_id) {
            return Ok((Caller::root(account.clone()), credential.clone()));
        }
        let token = token.ok_or(SignatureError::UnknownKey)?;
        let (session, credential) = self.0.sessions.open(key_id, token, now)?;
        Ok((self.function(session), credential))
    }

    pub(crate) fn secret_for(&self, purpose: &str) -> String {
        self.0.sessions.purpose(purpose)
    }

    fn function(&self, session: Session) -> Caller {
        let Session { account, role, name, log_group, expires: _ } = session;
        let permissions = self.0.permissions;
        let session = FunctionSession { role, session: name, log_group, permissions };
        Caller { account, principal: Principal::Function(session) }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("lasting", &self.0.lasting.len()).finish_non_exhaustive()
    }
}
