"""HTML as it is compared: templates break their lines where a browser sees none."""

import re


def squeeze(html: str) -> str:
    """Return HTML with each run of white space as one space, and none beside a tag."""
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", re.sub(r"\s+", " ", html))
