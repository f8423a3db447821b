//! Conditions joined by `&&`, `||` and parentheses; `&&` binds closer than `||`.

use super::PatternError;
use super::cursor::Cursor;

#[derive(Debug, Clone)]
pub(super) enum Expression<C> {
    Condition(C),
    All(Vec<Expression<C>>),
    Any(Vec<Expression<C>>),
}

/// How a single condition is read.
type Leaf<'l, 'p, C> = &'l mut dyn FnMut(&mut Cursor<'p>) -> Result<C, PatternError>;

impl<C> Expression<C> {
    /// The nesting is bounded by the length of patterns.
    pub(super) fn parse<'p>(
        cursor: &mut Cursor<'p>,
        leaf: Leaf<'_, 'p, C>,
    ) -> Result<Expression<C>, PatternError> {
        let mut alternatives = vec![Expression::parse_all(cursor, leaf)?];
        while cursor.eat("||") {
            alternatives.push(Expression::parse_all(cursor, leaf)?);
        }
        Ok(Expression::Any(alternatives))
    }

    fn parse_all<'p>(cursor: &mut Cursor<'p>, leaf: Leaf<'_, 'p, C>) -> Result<Expression<C>, PatternError> {
        let mut conditions = vec![Expression::parse_one(cursor, leaf)?];
        while cursor.eat("&&") {
            conditions.push(Expression::parse_one(cursor, leaf)?);
        }
        Ok(Expression::All(conditions))
    }

    fn parse_one<'p>(cursor: &mut Cursor<'p>, leaf: Leaf<'_, 'p, C>) -> Result<Expression<C>, PatternError> {
        if !cursor.eat("(") {
            cursor.skip_space();
            return leaf(cursor).map(Expression::Condition);
        }
        let inner = Expression::parse(cursor, leaf)?;
        cursor.require(")")?;
        Ok(inner)
    }

    pub(super) fn holds(&self, condition: &impl Fn(&C) -> bool) -> bool {
        match self {
            Expression::Condition(leaf) => condition(leaf),
            Expression::All(parts) => parts.iter().all(|part| part.holds(condition)),
            Expression::Any(parts) => parts.iter().any(|part| part.holds(condition)),
        }
    }
}
