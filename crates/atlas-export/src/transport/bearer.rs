//! A request with an access token in place of an answer to a challenge.

use http::StatusCode;

use super::{
    failure::Cause,
    progress::Progress,
    request::Prepared,
    response::ReceivedResponse,
    shared_state::Transport,
    token::{access_token::AccessToken, source::TokenSource},
};
use crate::observe::Purpose;

impl Transport {
    /// Sends with a token, and tells its source what became of that.
    pub(super) async fn send_with_token(
        &self,
        prepared: &Prepared,
        progress: &Progress,
        source: &TokenSource,
        token: &AccessToken,
    ) -> Result<ReceivedResponse, Cause> {
        let request = prepared.signed(Some(token.authorization()));
        let response = self
            .send(prepared, request, Purpose::Operation, progress)
            .await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            // Whoever is not known has changed nothing.
            progress.clear_may_have_acted();
            source.note_refused(token);
            return Err(Cause::TokenRefused(Box::new(self.refusal(response).await)));
        }
        source.note_worked(token);
        self.read(prepared, response).await
    }
}
