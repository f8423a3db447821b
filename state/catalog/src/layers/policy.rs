//! Who besides its owner may use a layer version: a resource policy of a few fixed forms.

use model::{AccountId, LayerVersionArn, RevisionId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::layer::LayerVersion;
use crate::error::LayerError;

/// AWS's limit for a resource policy as JSON.
const POLICY_MAX_BYTES: usize = 20_480;

/// The only action that such a policy can allow.
const ACTION: &str = "lambda:GetLayerVersion";

/// Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerPolicy {
    pub revision: RevisionId,
    /// In the order in which they were added.
    pub(crate) statements: Vec<LayerStatement>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerStatement {
    pub id: String,
    pub grantee: Grantee,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grantee {
    Everyone,
    Organization(String),
    Account(AccountId),
}

/// A statement as it was added.
#[derive(Debug, Clone)]
pub struct LayerGrant {
    /// As JSON.
    pub statement: String,
    pub revision: RevisionId,
}

impl LayerPolicy {
    /// Accounts are in no organization.
    pub fn allows(&self, account: &AccountId) -> bool {
        self.statements.iter().any(|statement| match &statement.grantee {
            Grantee::Everyone => true,
            Grantee::Organization(_) => false,
            Grantee::Account(grantee) => grantee == account,
        })
    }

    /// The IAM document.
    pub fn to_json(&self, arn: &LayerVersionArn) -> String {
        let statements = self.statements.iter().map(|statement| statement.document(arn)).collect::<Vec<_>>();
        json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements }).to_string()
    }
}

/// The changed policy, and the statement as JSON.
pub(super) fn grant(
    version: &LayerVersion,
    statement: LayerStatement,
    expected: Option<&str>,
) -> Result<(LayerPolicy, LayerGrant), LayerError> {
    check_revision(version.policy.as_ref(), expected)?;
    let mut statements = statements(version).to_vec();
    if statements.iter().any(|there| there.id == statement.id) {
        return Err(LayerError::StatementExists { id: statement.id });
    }
    let shown = statement.document(&version.arn).to_string();
    statements.push(statement);
    let policy = LayerPolicy { revision: RevisionId::random(), statements };
    let actual = policy.to_json(&version.arn).len();
    if actual > POLICY_MAX_BYTES {
        return Err(LayerError::PolicyTooLong { actual, limit: POLICY_MAX_BYTES });
    }
    let grant = LayerGrant { statement: shown, revision: policy.revision };
    Ok((policy, grant))
}

/// None when nothing is left of it.
pub(super) fn revoke(
    version: &LayerVersion,
    id: &str,
    expected: Option<&str>,
) -> Result<Option<LayerPolicy>, LayerError> {
    if version.policy.is_none() {
        return Err(LayerError::NoPolicy);
    }
    check_revision(version.policy.as_ref(), expected)?;
    let mut statements = statements(version).to_vec();
    let before = statements.len();
    statements.retain(|statement| statement.id != id);
    if statements.len() == before {
        return Err(LayerError::StatementNotFound { id: id.to_owned() });
    }
    Ok((!statements.is_empty()).then(|| LayerPolicy { revision: RevisionId::random(), statements }))
}

fn statements(version: &LayerVersion) -> &[LayerStatement] {
    version.policy.as_ref().map_or(&[], |policy| &policy.statements)
}

fn check_revision(policy: Option<&LayerPolicy>, expected: Option<&str>) -> Result<(), LayerError> {
    match expected {
        Some(expected) if policy.is_none_or(|policy| policy.revision.to_string() != expected) => {
            Err(LayerError::RevisionMismatch)
        }
        _ => Ok(()),
    }
}

impl LayerStatement {
    fn document(&self, arn: &LayerVersionArn) -> Value {
        let principal = match &self.grantee {
            Grantee::Everyone | Grantee::Organization(_) => json!("*"),
            Grantee::Account(account) => json!({ "AWS": format!("arn:aws:iam::{account}:root") }),
        };
        let mut document = json!({
            "Sid": self.id,
            "Effect": "Allow",
            "Principal": principal,
            "Action": ACTION,
            "Resource": arn.to_string(),
        });
        if let Grantee::Organization(id) = &self.grantee {
            document["Condition"] = json!({ "StringEquals": { "aws:PrincipalOrgID": id } });
        }
        document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:layer:shared:1";

    fn policy(grantee: Grantee) -> String {
        let statements = vec![LayerStatement { id: "s1".to_owned(), grantee }];
        LayerPolicy { revision: RevisionId::random(), statements }.to_json(&ARN.parse().unwrap())
    }

    #[test]
    fn each_grantee_has_the_form_that_aws_gives_it() {
        let around = |principal: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Id":"default","Statement":[{{"Sid":"s1","Effect":"Allow","Principal":{principal}}}]}}"#
            )
        };
        let rest = format!(r#","Action":"lambda:GetLayerVersion","Resource":"{ARN}""#);
        assert_eq!(policy(Grantee::Everyone), around(&format!(r#""*"{rest}"#)));
        assert_eq!(
            policy(Grantee::Account("123456789012".parse().unwrap())),
            around(&format!(r#"{{"AWS":"arn:aws:iam::123456789012:root"}}{rest}"#))
        );
        let condition = r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#;
        assert_eq!(
            policy(Grantee::Organization("o-1".to_owned())),
            around(&format!(r#""*"{rest}{condition}"#))
        );
    }
}
