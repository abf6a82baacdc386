"""
Launch configuration of one server: the group's default plus the server's override.

A protection group looks like this::

    {
        "launchConfig": {"instanceType": "m5.large", "copyTags": True},
        "servers": [
            {
                "sourceServerId": "s-1",
                "useGroupDefaults": True,
                "launchTemplate": {"instanceType": "r5.large", "subnetId": None},
            }
        ],
    }

Here s-1 gets ``{"instanceType": "r5.large", "copyTags": True}``.
"""

from typing import Any, Dict, Optional


def find_server_override(
    protection_group: Dict[str, Any], server_id: str
) -> Optional[Dict[str, Any]]:
    """The group's entry for a server, or None if the server has none."""
    for server in protection_group.get("servers") or []:
        if server.get("sourceServerId") == server_id:
            return server
    return None


def get_effective_launch_config(protection_group: Dict[str, Any], server_id: str) -> Dict[str, Any]:
    """
    Launch configuration that applies to one server of a protection group.

    - no entry for the server: the group's default
    - ``useGroupDefaults`` false: the server's template, and nothing of the group's
    - else: the group's default, overridden by the server's fields that are not null
    """
    group_defaults = protection_group.get("launchConfig") or {}

    server = find_server_override(protection_group, server_id)
    if server is None:
        return dict(group_defaults)

    override = server.get("launchTemplate") or {}
    if not server.get("useGroupDefaults", True):
        return dict(override)

    effective = dict(group_defaults)
    for field, value in override.items():
        if value is not None:
            effective[field] = value
    return effective
