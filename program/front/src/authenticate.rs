//! From what a request claims to a caller.

use model::{AccountId, Caller, Region, Timestamp};
use sigv4::{Claim, Credential, Payload, Request, SignatureError};

use crate::keys::Keys;

/// Whether requests must be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    Sigv4,
    /// Everybody is believed. Only for a loopback listener; pages of other sites are refused all the same.
    Off,
}

/// A caller whose signature, if one is asked for, is still to be checked against the body.
#[derive(Debug)]
pub(crate) struct Identified<'a> {
    pub(crate) caller: Caller,
    /// Absent only when nobody has to sign.
    pub(crate) claim: Option<Claim<'a>>,
    proof: Option<Credential>,
}

/// Reads who sends `request` and checks all that needs no body.
pub(crate) fn identify<'a>(
    request: &Request<'a>,
    keys: &Keys,
    now: Timestamp,
) -> Result<Identified<'a>, SignatureError> {
    let claim = Claim::parse(request, now)?;
    let (caller, credential) = keys.find(claim.access_key_id(), claim.session_token(), now)?;
    Ok(Identified { caller, claim: Some(claim), proof: Some(credential) })
}

/// Takes everybody's word: a key of this server is who it is, twelve digits are an account, all else the default.
pub(crate) fn believe<'a>(
    request: &Request<'a>,
    keys: &Keys,
    default: &AccountId,
    now: Timestamp,
) -> Identified<'a> {
    let claim = Claim::read(request).ok();
    let known =
        claim.as_ref().and_then(|claim| keys.find(claim.access_key_id(), claim.session_token(), now).ok());
    let caller = known.map(|(caller, _)| caller).unwrap_or_else(|| {
        let account = claim.as_ref().and_then(|claim| claim.access_key_id().parse().ok());
        Caller::root(account.unwrap_or_else(|| default.clone()))
    });
    Identified { caller, claim, proof: None }
}

impl Identified<'_> {
    /// The service of the credential scope.
    pub(crate) fn service(&self) -> Option<&str> {
        self.claim.as_ref().map(|claim| claim.scope().service())
    }

    /// Whether the signature can be checked before the body is there.
    pub(crate) fn declares_payload(&self, request: &Request<'_>) -> bool {
        self.proof.is_none() || self.claim.as_ref().is_some_and(|claim| claim.declares_payload(request))
    }

    pub(crate) fn verify(&self, request: &Request<'_>, payload: Payload<'_>) -> Result<(), SignatureError> {
        match (&self.claim, &self.proof) {
            (Some(claim), Some(credential)) => claim.verify(request, payload, credential),
            _ => Ok(()),
        }
    }

    /// Refuses a signature for another service than the one that will answer.
    pub(crate) fn require_service(&self, service: &str) -> Result<(), SignatureError> {
        match &self.claim {
            Some(claim) if self.proof.is_some() => claim.scope().require_service(service),
            _ => Ok(()),
        }
    }

    /// The region that is signed for; every one is served, each with functions and logs of its own.
    pub(crate) fn region(&self, default: &Region) -> Result<Region, SignatureError> {
        let Some(claim) = &self.claim else { return Ok(default.clone()) };
        let region = claim.scope().region();
        region.parse().map_err(|_invalid| SignatureError::Region(region.to_owned()))
    }
}
