//! Which public half may be shown.

use crate::redact::HIDDEN;

/// The public half of a pair, where it has the form of one and is no part of the secret: a secret
/// in the wrong place is still one, and so is half of it.
pub(super) fn shown<'t>(public: &'t str, secret: &str, has_form: fn(&str) -> bool) -> &'t str {
    let is_part = secret.contains(public) || (!secret.is_empty() && public.contains(secret));
    if has_form(public) && !is_part {
        public
    } else {
        HIDDEN
    }
}
