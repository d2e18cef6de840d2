"""Ids that look like Cursor's and follow from a seed, so that none has to be kept."""

import hashlib
from typing import Final

import numpy as np
import numpy.typing as npt

_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15


def mix(values: npt.NDArray[np.integer], salt: int) -> npt.NDArray[np.uint64]:
    """Well-mixed 64 bits for each value (the splitmix64 finaliser); the same for the same salt."""
    with np.errstate(over="ignore"):
        x = values.astype(np.uint64) * np.uint64(_GOLDEN) + np.uint64(
            (salt * _GOLDEN + 0x1D8E4E27C47D124F) & _MASK
        )
        x ^= x >> np.uint64(30)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        x ^= x >> np.uint64(27)
        x *= np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return x


def salt(seed: int, purpose: str) -> int:
    """A 64-bit salt of its own for each seed and purpose."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{purpose}".encode(), digest_size=8).digest())


def permille(values: npt.NDArray[np.integer], seed: int, purpose: str) -> npt.NDArray[np.int64]:
    """An even draw from 0 to 999 for each value, fixed by seed and purpose."""
    return (mix(values, salt(seed, purpose)) % np.uint64(1_000)).astype(np.int64)


def uuids(numbers: npt.NDArray[np.integer], seed: int, purpose: str) -> list[str]:
    """A version 4 UUID for each number."""
    high = mix(numbers, salt(seed, purpose + ":high")).tolist()
    low = mix(numbers, salt(seed, purpose + ":low")).tolist()
    return [_uuid(h, lo) for h, lo in zip(high, low, strict=True)]


def _uuid(high: int, low: int) -> str:
    digits = f"{high & 0xFFFFFFFFFFFF0FFF | 0x4000:016x}{low & 0x3FFFFFFFFFFFFFFF | 0x8000000000000000:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def token(seed: int, purpose: str, length: int) -> str:
    """`length` letters and digits fixed by seed and purpose."""
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    stream = hashlib.shake_256(f"{seed}:{purpose}".encode()).digest(length)
    return "".join(alphabet[byte % len(alphabet)] for byte in stream)
