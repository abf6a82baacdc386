"""One line on how to mend what a divergence shows, where its text tells the cause."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from harness.values import to_json

if TYPE_CHECKING:
    from harness.comparison import Divergence

_KNOWN = (
    (
        r"environment variable (\w+) is not set|KeyError.*?'(\w+_(?:ARN|TABLE|NAME))'",
        "add {0} to the function's Environment in its template",
    ),
    (
        r"not authorized to perform: ([\w:]+)(?: on resource: (\S+))?",
        "allow {0} in the policies of the function's role",
    ),
    (
        r"Task timed out after ([\d.]+) seconds",
        "raise the Timeout of the function that has {0} s in its template, and its callers' above "
        "it",
    ),
    (
        r"Read timeout on endpoint",
        "give the caller's client a Config(read_timeout=…) above the called function's Timeout",
    ),
    (
        r"States\.DataLimitExceeded|exceeding the maximum number of bytes|bytes? service limit",
        "pass less between states: Step Functions carries 262,144 bytes",
    ),
    (
        r"payload size exceeded|RequestEntityTooLarge|payload is too large",
        "pass less between functions: Lambda carries 6,291,456 bytes each way",
    ),
    (
        r"TooManyRequestsException|Rate Exceeded",
        "raise the function's ReservedConcurrentExecutions, or let its caller repeat on 429",
    ),
    (
        r"No module named '([\w.]+)'",
        "put {0} where the function can import it, or name its folder in migration.toml: layers",
    ),
)


def remedy(divergence: Divergence) -> str:
    """A line for what the refactored tree did, or nothing."""
    text = json.dumps(to_json(divergence.refactored), ensure_ascii=False, default=str)
    for pattern, advice in _KNOWN:
        found = re.search(pattern, text)
        if found and not re.search(pattern, json.dumps(to_json(divergence.legacy), default=str)):
            return advice.format(*[group for group in found.groups() if group])
    return ""
