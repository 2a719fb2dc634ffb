//! Text, in whatever form it is at hand, as something that is checked when it is parsed.

/// Makes a type of text in each of its forms. In brackets the parameters of the implementation.
macro_rules! from_text {
    ($parameters:tt $target:ty, $invalid:ty) => {
        $crate::text::from_text!($parameters $target, $invalid, &str);
        $crate::text::from_text!($parameters $target, $invalid, &&str);
        $crate::text::from_text!($parameters $target, $invalid, String);
        $crate::text::from_text!($parameters $target, $invalid, &String);
        $crate::text::from_text!($parameters $target, $invalid, Box<str>);
        $crate::text::from_text!($parameters $target, $invalid, ::std::borrow::Cow<'_, str>);
    };
    ([$($parameters:tt)*] $target:ty, $invalid:ty, $text:ty) => {
        impl $($parameters)* TryFrom<$text> for $target {
            type Error = $invalid;

            fn try_from(text: $text) -> Result<Self, $invalid> {
                text.parse()
            }
        }
    };
}

pub(crate) use from_text;
