//! The forms that the value of a key may have.

use syn::{Expr, ExprLit, Lit, UnOp};

/// The form of a key in source code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `read_only`
    Flag,
    /// `destructive`, `destructive = false`
    Switch,
    /// `name = "search"`
    Text,
    /// `timeout = "5s"`
    Duration,
    /// `max_output = "64KiB"`
    Size,
    /// `burst = 5`
    Count,
    /// `rate_limit = "10/min"`, `rate_limit(quota = "10/min", burst = 5)`
    RateOrKeys,
    /// `cache = "30s"`, `cache(ttl = "30s", max_entries = 100)`
    DurationOrKeys,
    /// `concurrency = 4`, `concurrency(max = 4, queue = 16)`
    CountOrKeys,
    /// `priority = 0.8`
    Number,
    /// `range = 1..=100`
    Range,
    /// `schema = path::to::function`
    Path,
    /// `output = Page`
    Type,
    /// `example = 3`
    Expression,
    /// `default`, `default = 3`
    Default,
    /// `one_of("a", "b")`
    Texts,
    /// `defaults(timeout = "5s")`
    Keys,
    /// `meta(owner = "search", "com.example/tier" = 2)`
    Members,
}

impl Form {
    /// The noun for the value, as in "`timeout` needs a duration string".
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Flag => "no value",
            Self::Switch => "`true` or `false`",
            Self::Text => "a string",
            Self::Duration | Self::DurationOrKeys => "a duration string",
            Self::RateOrKeys => "a rate string",
            Self::Size => "a size string",
            Self::Count | Self::CountOrKeys => "a positive whole number",
            Self::Number => "a number",
            Self::Range => "a range",
            Self::Path => "the path of a function",
            Self::Type => "the path of a type",
            Self::Expression | Self::Default => "a value",
            Self::Texts => "a list of strings",
            Self::Keys => "a list of keys",
            Self::Members => "a list of `key = value`",
        }
    }

    pub(super) fn takes_list(self) -> bool {
        matches!(
            self,
            Self::RateOrKeys
                | Self::DurationOrKeys
                | Self::CountOrKeys
                | Self::Texts
                | Self::Keys
                | Self::Members
        )
    }

    pub(super) fn takes_value(self) -> bool {
        !matches!(self, Self::Texts | Self::Keys | Self::Members)
    }

    pub(super) fn takes_nothing(self) -> bool {
        matches!(self, Self::Flag | Self::Switch | Self::Default)
    }

    pub(super) fn admits(self, expr: &Expr) -> bool {
        match (self, expr) {
            (_, Expr::Group(group)) => self.admits(&group.expr),
            (Self::Number, Expr::Unary(unary)) => {
                matches!(unary.op, UnOp::Neg(_)) && self.admits(&unary.expr)
            }
            (
                Self::Switch,
                Expr::Lit(ExprLit {
                    lit: Lit::Bool(_), ..
                }),
            )
            | (
                Self::Text | Self::Duration | Self::Size | Self::RateOrKeys | Self::DurationOrKeys,
                Expr::Lit(ExprLit {
                    lit: Lit::Str(_), ..
                }),
            )
            | (
                Self::Count | Self::CountOrKeys,
                Expr::Lit(ExprLit {
                    lit: Lit::Int(_), ..
                }),
            )
            | (
                Self::Number,
                Expr::Lit(ExprLit {
                    lit: Lit::Int(_) | Lit::Float(_),
                    ..
                }),
            )
            | (Self::Range, Expr::Range(_))
            | (Self::Path | Self::Type, Expr::Path(_))
            | (Self::Expression | Self::Default, _) => true,
            _ => false,
        }
    }
}
