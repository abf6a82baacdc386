"""Where the trees are deployed: in moto's own account, which its Step Functions cannot leave.
Templates can be read as of other places too.
"""

from __future__ import annotations

from dataclasses import dataclass

HUB = "123456789012"
REGION = "us-east-1"


@dataclass(frozen=True)
class Place:
    """What a template's pseudo parameters say of where it is deployed."""

    account: str = HUB
    region: str = REGION
    partition: str = "aws"

    def arn(self, service: str, resource: str, *, everywhere: bool = False) -> str:
        """The ARN of a resource here, of one of the whole account where it is of no region."""
        region = "" if everywhere else self.region
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{resource}"


HERE = Place()
