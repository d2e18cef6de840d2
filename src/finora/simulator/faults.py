"""Everything that can go wrong, as one value: equal values, equal misfortune."""

from dataclasses import dataclass, fields, replace
from random import Random
from typing import Self


@dataclass(frozen=True)
class Faults:
    """Faults a provider's API may show, all off by default and all fixed by `seed`.

    Shares are per mille of events or of requests. Faults of single requests (`*_permille` of the transport
    and paging groups) never hit the same endpoint more than `in_a_row` times running nor more than `at_most`
    times in all, each, so that a client that retries gets through; a burst of 429s counts as one.

    What happened and when it shows (1 to 5):
        late_permille, late_hours: events that show only up to so many hours after they happened.
        revised_permille, revised_hours: charges that change up to so many hours later; every other one was
            first published without the fee, the rest at about twice the final charge.
        drift_events: events held back until a page after the first is asked for, then landing in its window.
        twin_permille: events that come twice, byte for byte or with the same millisecond and another model.
        vanishing_people: people whose events lose `userEmail` once they have left.
        vanished_flagged: their member row stays, marked `isRemoved`, instead of going.
    Transport (6, 7):
        rate_limited_permille, rate_limited_burst: 429s, so many in a row.
        retry_after_missing, retry_after_date: without `Retry-After`, or with a date in it.
        error_permille (500), gateway_permille (502 with HTML), dropped_permille (no answer),
        truncated_permille (JSON cut short), slow_permille with slow_ms.
    Data (8, 9, 11):
        retention_days: events older than this are no longer returned; 0 keeps all.
        unknown_kind_permille, unknown_model_permille, extra_field_permille: values and fields not seen before.
        free_bugbot: `isFreeBugbot` on every event. numeric_ids: numbers for ids.
        outage_after, outage_requests: after so many event requests, so many answers with no events.
        number_strings: money as JSON strings. float_noise: money with binary noise in its last digits.
        null_fields: optional fields null instead of omitted. mixed_case_emails: addresses in changing case.
    Paging (10):
        empty_page_permille: an empty page that says `hasNextPage`. wrong_total_permille: a wrong total.
        endless_permille: a last page that says there is another.
    Access (12, 13):
        revoked_at, unscoped_at: the key stops working, or loses its scope, at that request; 0 never.
        deleted_groups: billing groups deleted half-way through the company's life, history and all.
    """

    seed: int = 0
    in_a_row: int = 2
    at_most: int = 60

    late_permille: int = 0
    late_hours: int = 12
    revised_permille: int = 0
    revised_hours: int = 24
    drift_events: int = 0
    twin_permille: int = 0
    vanishing_people: int = 0
    vanished_flagged: bool = False

    rate_limited_permille: int = 0
    rate_limited_burst: int = 2
    retry_after_missing: bool = False
    retry_after_date: bool = False
    error_permille: int = 0
    gateway_permille: int = 0
    dropped_permille: int = 0
    truncated_permille: int = 0
    slow_permille: int = 0
    slow_ms: int = 200

    retention_days: int = 0
    unknown_kind_permille: int = 0
    unknown_model_permille: int = 0
    extra_field_permille: int = 0
    free_bugbot: bool = False
    numeric_ids: bool = False
    outage_after: int = 0
    outage_requests: int = 0
    number_strings: bool = False
    float_noise: bool = False
    null_fields: bool = False
    mixed_case_emails: bool = False

    empty_page_permille: int = 0
    wrong_total_permille: int = 0
    endless_permille: int = 0

    revoked_at: int = 0
    unscoped_at: int = 0
    deleted_groups: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 0:
                raise ValueError(f"Fault {field.name} must not be negative.")
            if field.name.endswith("_permille") and getattr(self, field.name) > 1_000:
                raise ValueError(f"Fault {field.name} is per mille: 0 to 1000.")

    @classmethod
    def none(cls) -> Self:
        """Nothing goes wrong."""
        return cls()

    @classmethod
    def all_recoverable(cls, seed: int) -> Self:
        """Every fault after which a patient client still ends up with the truth, all at once."""
        return cls(
            seed=seed,
            late_permille=60,
            revised_permille=120,
            drift_events=5,
            twin_permille=20,
            rate_limited_permille=30,
            error_permille=25,
            gateway_permille=25,
            dropped_permille=20,
            truncated_permille=20,
            slow_permille=20,
            slow_ms=5,
            unknown_kind_permille=5,
            unknown_model_permille=5,
            extra_field_permille=10,
            free_bugbot=True,
            float_noise=True,
            mixed_case_emails=True,
            null_fields=True,
            empty_page_permille=20,
            wrong_total_permille=20,
            endless_permille=15,
            outage_after=12,
            outage_requests=2,
        )

    @classmethod
    def random(cls, seed: int) -> Self:
        """A mix of recoverable faults: each is on with an even chance."""
        dice = Random(seed)  # noqa: S311 - misfortune needs no secrecy
        chosen = cls.all_recoverable(seed)
        off = {
            f.name: f.default
            for f in fields(cls)
            if f.name not in {"seed", "slow_ms"} and dice.random() < 0.5
        }
        return replace(chosen, **off)  # type: ignore[arg-type]  # the fields' own defaults

    def calmed(self) -> Self:
        """The same without what passes: requests all succeed, and what was late or provisional is settled.

        Retention, lost addresses, unknown fields and lost keys stay.
        """
        passing = ("late_permille", "revised_permille", "drift_events", "outage_requests", *TRANSIENT)
        return replace(self, **dict.fromkeys(passing, 0))  # type: ignore[arg-type]  # all of them are integers


TRANSIENT = (
    "rate_limited_permille",
    "error_permille",
    "gateway_permille",
    "dropped_permille",
    "truncated_permille",
    "slow_permille",
    "empty_page_permille",
    "wrong_total_permille",
    "endless_permille",
)
"""Faults of single requests."""
