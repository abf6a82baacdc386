"""Answers that a scenario puts in the place of AWS's own: a service error at a named call.

They are given where moto answers, as bytes of the service's own protocol, so that botocore parses
and retries them as it would the real ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse


_STATUS = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "UnauthorizedOperation": 403,
    "ConditionalCheckFailedException": 400,
    "ConflictException": 409,
    "InternalServerException": 500,
    "InternalServerError": 500,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 402,
    "ThrottlingException": 429,
    "TooManyRequestsException": 429,
    "ServiceException": 500,
}


@dataclass(frozen=True)
class Disruption:
    """`times` sends of `operation` ("drs.StartRecovery") are refused, after `skip` that are not."""

    operation: str
    error: str
    message: str
    skip: int = 0
    times: int = 1_000_000


ANY = "*"
"""The operation of a latency that is every call's."""


@dataclass(frozen=True)
class Latency:
    """Every send of `operation` takes `seconds` of virtual time before the service acts; of every
    one that has no latency of its own, where that is ANY.
    """

    operation: str
    seconds: float


@dataclass(frozen=True)
class Alteration:
    """Answers to `operation` come without these members, wherever they stand in it, and with other
    values: {member: {old: new}}. Most members of AWS's answers are optional, and lists of values
    grow; a fake that always gives the same ones hides what code makes of the others.
    """

    operation: str
    without: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def members(self) -> set[str]:
        return {*self.without, *self.values}

    def altered(self, value: Any) -> Any:
        """The answer as it comes."""
        if isinstance(value, list):
            return [self.altered(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self.values[key].get(item, item)
            if key in self.values and isinstance(item, str)
            else self.altered(item)
            for key, item in value.items()
            if key not in self.without
        }


class Disruptor:
    """The disruptions of one world, counted as they are met, its latencies and alterations."""

    def __init__(
        self,
        disruptions: tuple[Disruption, ...],
        latencies: tuple[Latency, ...] = (),
        alterations: tuple[Alteration, ...] = (),
    ) -> None:
        self._alterations = alterations
        self._seen = dict.fromkeys(disruptions, 0)
        self._latencies = {latency.operation: latency.seconds for latency in latencies}

    def altered(self, operation: str, answer: Any) -> Any:
        """An answer as botocore gives it, altered if it is one of those."""
        for alteration in self._alterations:
            if alteration.operation == operation:
                answer = alteration.altered(answer)
        return answer

    def latency(self, operation: str) -> float:
        """Virtual seconds that a send of this operation takes."""
        return self._latencies.get(operation, self._latencies.get(ANY, 0.0))

    def add(self, disruption: Disruption) -> None:
        """Refuse these calls too, from now on."""
        self._seen[disruption] = 0

    def answer(self, operation: str, protocol: str, url: str) -> AWSResponse | None:
        """The refusal that a send of this operation meets, or None."""
        for disruption, seen in self._seen.items():
            if disruption.operation == operation:
                self._seen[disruption] = seen + 1
                if disruption.skip <= seen < disruption.skip + disruption.times:
                    return response(disruption, protocol, url)
        return None


class _Body(BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


def response(disruption: Disruption, protocol: str, url: str) -> AWSResponse:
    """The refusal in a service's own protocol."""
    status = _STATUS.get(disruption.error, 400)
    code, message = disruption.error, disruption.message
    headers = {"x-amzn-RequestId": "00000000-0000-4000-8000-000000000000"}
    if protocol in ("query", "ec2"):
        error = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        body = (
            f"<ErrorResponse>{error}</ErrorResponse>"
            if protocol == "query"
            else f"<Response><Errors>{error}</Errors></Response>"
        )
        headers["Content-Type"] = "text/xml"
    else:
        body = json.dumps({"__type": code, "message": message})
        headers |= {"Content-Type": "application/json", "x-amzn-errortype": code}
    return answer(url, status, headers, body)


def answer(url: str, status: int, headers: dict[str, str], body: str) -> AWSResponse:
    """An answer in the place of a service's, as botocore's own transport gives it."""
    # Here, so that scenarios can be read without botocore.
    from botocore.awsrequest import AWSResponse

    return AWSResponse(url, status, headers, _Body(body.encode()))
