//! Names of media types: JSON, plain or vendored with the date of a version of Atlas.

/// What the name of a media type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media<'a> {
    Json,
    /// `application/vnd.atlas.<date>+json`.
    Vendored(&'a str),
    /// Meant as vendored, and not.
    Misspelt,
    /// A version of Atlas without a date, by what it is called: a preview of what may come.
    Undated(&'a str),
    /// A version of Atlas in another encoding than JSON, by its suffix.
    Encoded(&'a str),
    Other,
}

pub(crate) fn media(name: &str) -> Media<'_> {
    let (essence, parameters) = name.split_once(';').unwrap_or((name, ""));
    if essence == "application/json" {
        return Media::Json;
    }
    if !essence.to_ascii_lowercase().contains("vnd.") {
        return Media::Other;
    }
    let version = essence.strip_prefix("application/vnd.atlas.");
    match version.and_then(|version| version.split_once('+')) {
        Some((date, "json")) if parameters.is_empty() && is_date(date) => Media::Vendored(date),
        Some((name @ ("preview" | "upcoming"), "json")) => Media::Undated(name),
        Some((date, suffix)) if suffix != "json" && is_encoding(suffix) && is_version(date) => {
            Media::Encoded(suffix)
        }
        _ => Media::Misspelt,
    }
}

/// What Atlas calls a version: a date, a preview, or one that is upcoming.
fn is_version(text: &str) -> bool {
    is_date(text) || matches!(text, "preview" | "upcoming")
}

/// Suffixes of what Atlas answers beside JSON: logs, archives and tables.
fn is_encoding(suffix: &str) -> bool {
    matches!(suffix, "gzip" | "csv" | "yaml" | "tar" | "zip" | "xml")
}

/// `YYYY-MM-DD`, and a day that the calendar has.
pub(crate) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let &[year, month, day] = parts.as_slice() else {
        return false;
    };
    let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if !digits || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return false;
    }
    let (Ok(year), Ok(month), Ok(day)) = (
        year.parse::<u32>(),
        month.parse::<u32>(),
        day.parse::<u32>(),
    ) else {
        return false;
    };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::{Media, media};

    #[test]
    fn a_version_is_a_day_of_the_calendar() {
        let name = |date: &str| format!("application/vnd.atlas.{date}+json");
        for date in ["2023-01-01", "2024-02-29", "2025-12-31"] {
            assert_eq!(media(&name(date)), Media::Vendored(date));
        }
        for date in [
            "2023-02-29",
            "2023-13-01",
            "2023-1-1",
            "2023-00-10",
            "23-01-01",
            "previews",
        ] {
            assert_eq!(media(&name(date)), Media::Misspelt, "{date}");
        }
    }

    #[test]
    fn json_may_carry_a_charset() {
        assert_eq!(media("application/json"), Media::Json);
        assert_eq!(media("application/json; charset=utf-8"), Media::Json);
        assert_eq!(media("text/xml"), Media::Other);
    }

    #[test]
    fn what_is_no_dated_json_is_known_by_what_it_is() {
        let name = |rest: &str| format!("application/vnd.atlas.{rest}");
        assert_eq!(media(&name("preview+json")), Media::Undated("preview"));
        assert_eq!(media(&name("2023-01-01+gzip")), Media::Encoded("gzip"));
        assert_eq!(media(&name("preview+csv")), Media::Encoded("csv"));
        assert_eq!(media(&name("2023-01-01+jsn")), Media::Misspelt);
    }
}
