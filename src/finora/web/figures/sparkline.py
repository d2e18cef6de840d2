"""Small courses, drawn here as the `sparkline` component draws them, but fast enough for a table full of them."""

from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT = 72, 24
_DRAWN = Markup(
    '<svg class="sparkline" width="72" height="24" viewBox="0 0 72 24" role="img" aria-label="{label}">'
    '<path d="{path}" fill="none" vector-effect="non-scaling-stroke"/>{end}</svg>'
)
_END = Markup('<circle cx="{}" cy="{}" r="2"/>')


def sparkline(values: Sequence[float | None], label: str) -> Markup:
    """Return a course as a drawing.

    Args:
        values: One a bucket, none for a gap, which is left open.
        label: What it shows, in words.
    """
    top = max((value for value in values if value is not None), default=0) or 1
    step = (_WIDTH - 4) / max(len(values) - 1, 1)
    path, pen, last = [], "M", (0.0, 0.0)
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = round(2 + place * step, 1), round(_HEIGHT - 3 - value / top * (_HEIGHT - 6), 1)
        path.append(f"{pen}{x} {y}")
        pen, last = "L", (x, y)
    end = _END.format(*last) if path else ""
    return _DRAWN.format(label=label, path="".join(path), end=end)
