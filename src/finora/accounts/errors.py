"""What can be wrong with an account, one class per case."""

from __future__ import annotations

from finora.errors import AccessDenied, BadRequest, Conflict, FinoraError, NotFound, NotSignedIn


class InvalidEmail(BadRequest):
    """What was given is no e-mail address."""

    code = "invalid_email"
    title = "Not an e-mail address"


class WeakPassword(BadRequest):
    """A new password breaks a rule."""

    code = "weak_password"
    title = "The password is too weak"


class InvalidToken(BadRequest):
    """An API token was asked for that makes no sense."""

    code = "invalid_token_request"
    title = "Such an API token cannot be issued"


class EmailTaken(Conflict):
    """There is a user with this address."""

    code = "email_taken"
    title = "The e-mail address is taken"


class LastOwner(Conflict):
    """Without this owner nobody could manage the workspace."""

    code = "last_owner"
    title = "The last owner stays"


class InvalidSignIn(NotSignedIn):
    """No enabled user has this address and password; which of the three it is stays unsaid."""

    code = "invalid_sign_in"
    title = "Sign-in failed"


class SessionInvalid(NotSignedIn):
    """The session is unknown, was ended or has expired."""

    code = "session_invalid"
    title = "The session has ended"


class TokenInvalid(NotSignedIn):
    """The API token is unknown, was revoked or has expired."""

    code = "token_invalid"
    title = "The API token is not valid"


class TooManyAttempts(FinoraError):
    """Somebody guesses passwords, or it looks so.

    Attributes:
        retry_after: Whole seconds to wait.
    """

    code = "too_many_attempts"
    status = 429
    title = "Too many attempts"

    def __init__(self, retry_after: int) -> None:
        wait = f"{retry_after} seconds" if retry_after < 120 else f"{-(-retry_after // 60)} minutes"
        super().__init__(
            f"There were too many attempts to sign in. Try again in {wait}.", retry_after=retry_after
        )
        self.retry_after = retry_after


class WrongPassword(AccessDenied):
    """The present password, asked for before it is changed, is not right."""

    code = "wrong_password"
    title = "The present password is not right"


class NotPermitted(AccessDenied):
    """The role or the token's scope does not allow it."""

    code = "not_permitted"
    title = "Not permitted"


class SetupLinkInvalid(AccessDenied):
    """The link for the first owner was used, replaced, or never existed."""

    code = "setup_link_invalid"
    title = "The setup link is not valid"


class LinkInvalid(AccessDenied):
    """A link to set a password was used, replaced or has expired, or never existed."""

    code = "link_invalid"
    title = "The link is not valid any more"


class IdentityRefused(AccessDenied):
    """Somebody whom an OpenID Connect provider knows may not come in."""

    code = "identity_refused"
    title = "Single sign-on did not let you in"


class UserNotFound(NotFound):
    """There is no such user."""

    code = "user_not_found"
    title = "User not found"


class SessionNotFound(NotFound):
    """There is no such session, or it is somebody else's."""

    code = "session_not_found"
    title = "Session not found"


class TokenNotFound(NotFound):
    """There is no such API token, or it is somebody else's."""

    code = "token_not_found"
    title = "API token not found"
