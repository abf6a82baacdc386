"""What XML can hold."""

from __future__ import annotations

import re

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(words: str) -> str:
    """The words without what XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", words)
