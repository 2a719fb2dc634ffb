//! What goes up a connection: requests, found by reading HTTP/1.1 rather than by trusting logs.

/// Longer than any head that the SDK sends.
const MAX_HEAD: usize = 64 * 1024;

/// The head of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head(String);

impl Head {
    /// Whether an answer to a challenge in this algorithm.
    pub(crate) fn is_signed_with(&self, algorithm: &str) -> bool {
        let parameter = format!("algorithm={algorithm}");
        self.header("authorization").is_some_and(|value| {
            value
                .split(',')
                .any(|given| given.trim().trim_start_matches("Digest ") == parameter)
        })
    }

    fn body_length(&self) -> Result<usize, &'static str> {
        if self.header("transfer-encoding").is_some() {
            return Err("a request has a body of unknown length");
        }
        match self.header("content-length") {
            None => Ok(0),
            Some(length) => length.parse().map_err(|_| "a content-length is no number"),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.0
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }
}

/// Takes a connection's bytes in pieces of any size, and finds where requests begin.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    head: Vec<u8>,
    body_left: usize,
}

impl Requests {
    /// The heads that end within these bytes.
    pub(crate) fn read(&mut self, mut bytes: &[u8]) -> Result<Vec<Head>, &'static str> {
        let mut heads = Vec::new();
        loop {
            let of_body = self.body_left.min(bytes.len());
            self.body_left -= of_body;
            bytes = bytes.split_at(of_body).1;
            let Some((&byte, rest)) = bytes.split_first() else {
                return Ok(heads);
            };
            bytes = rest;
            self.head.push(byte);
            if self.head.ends_with(b"\r\n\r\n") {
                let head = Head(String::from_utf8_lossy(&self.head).into_owned());
                self.head.clear();
                self.body_left = head.body_length()?;
                heads.push(head);
            } else if self.head.len() > MAX_HEAD {
                return Err("a head does not end");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[u8] =
        b"POST /a HTTP/1.1\r\nContent-Length: 8\r\n\r\nGET /\r\n\r\nGET /b HTTP/1.1\r\n\
        authorization: Digest username=\"u\", algorithm=SHA-256, nc=00000001\r\n\r\n";

    #[test]
    fn requests_are_found_however_their_bytes_arrive() {
        for size in 1..=TWO.len() {
            let mut requests = Requests::default();
            let heads: Vec<_> = TWO
                .chunks(size)
                .flat_map(|piece| requests.read(piece).unwrap())
                .collect();
            assert_eq!(heads.len(), 2, "in pieces of {size}");
            assert!(heads[1].is_signed_with("SHA-256"));
        }
    }

    #[test]
    fn another_algorithm_or_none_is_told_apart() {
        let heads = Requests::default().read(TWO).unwrap();
        assert!(!heads[0].is_signed_with("SHA-256"));
        assert!(!heads[1].is_signed_with("SHA"));
        assert!(!heads[1].is_signed_with("MD5"));
    }

    #[test]
    fn what_cannot_be_counted_is_an_error() {
        for bytes in [
            &b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"[..],
            b"POST / HTTP/1.1\r\ncontent-length: many\r\n\r\n",
            &vec![b'a'; MAX_HEAD + 1],
        ] {
            assert!(Requests::default().read(bytes).is_err());
        }
    }
}
