"""Settings for what nobody outside Cursor knows: the client must survive every choice."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Behaviour:
    """How the API decides where its documentation is silent or contradicts itself.

    `events_per_minute` and `others_per_minute` are the rate limits of a team and endpoint; 0 lifts them.
    `retry_after_s` is what a 429 asks the caller to wait, in simulated seconds. `plan` "teams" refuses what only Enterprise has. `numeric_ids` gives members numbers instead of `user_...`.
    `scope_status` is how a key without the scope is refused.
    """

    events_per_minute: int = 60
    others_per_minute: int = 20
    retry_after_s: int = 60
    long_ranges: Literal["reject", "allow"] = "reject"
    large_pages: Literal["clamp", "reject"] = "clamp"
    missing_dates: Literal["last_30_days", "reject"] = "last_30_days"
    empty_pages: int = 0
    plan: Literal["enterprise", "teams"] = "enterprise"
    numeric_ids: bool = False
    scope_status: Literal[401, 403] = 401
    exact_email_case: bool = False
    removed_members: Literal["flagged", "absent"] = "flagged"
