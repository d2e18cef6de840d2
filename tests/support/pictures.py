"""Pictures of pages, small enough to keep and blurred enough to be the same on another machine."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTH, HEIGHT = 160, 112
DIFFERENT = 28
"""Of 255, in any channel: what the eye sees in a picture of this size. Letters drawn otherwise differ by less."""

_SHRINK = """async (canvas, {picture, width, height}) => {
  const whole = await createImageBitmap(await (await fetch(picture)).blob());
  const small = await createImageBitmap(whole, {resizeWidth: width, resizeHeight: height, resizeQuality: "high"});
  const drawing = new OffscreenCanvas(width, height);
  drawing.getContext("2d").drawImage(small, 0, 0);
  const bytes = new Uint8Array(await (await drawing.convertToBlob({type: "image/webp", quality: 0.9})).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""
_COMPARE = """async (canvas, {pictures, width, height, different}) => {
  const [one, other] = await Promise.all(pictures.map(async (picture) => {
    const drawing = new OffscreenCanvas(width, height).getContext("2d");
    drawing.drawImage(await createImageBitmap(await (await fetch(picture)).blob()), 0, 0);
    return drawing.getImageData(0, 0, width, height).data;
  }));
  let count = 0;
  for (let at = 0; at < one.length; at += 4) {
    const apart = [0, 1, 2].map((channel) => Math.abs(one[at + channel] - other[at + channel]));
    if (Math.max(...apart) > different) count += 1;
  }
  return count / (width * height);
}"""


@dataclass(frozen=True)
class DarkRoom:
    """Shrinks and compares pictures; `blank` is a page without a policy of its own."""

    blank: Page

    def shrunk(self, screenshot: bytes) -> bytes:
        """Return a screenshot as a small WebP."""
        asked = {"picture": _address(screenshot, "png"), "width": WIDTH, "height": HEIGHT}
        return base64.b64decode(self.blank.locator("html").evaluate(_SHRINK, asked))

    def difference(self, one: bytes, other: bytes) -> float:
        """Return how much of two small pictures differs so that one sees it, 0 to 1."""
        asked = {
            "pictures": [_address(one, "webp"), _address(other, "webp")],
            "width": WIDTH,
            "height": HEIGHT,
            "different": DIFFERENT,
        }
        found: float = self.blank.locator("html").evaluate(_COMPARE, asked)
        return found


def _address(picture: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
