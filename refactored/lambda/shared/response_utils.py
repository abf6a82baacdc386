"""Answers for API Gateway, and the JSON encoder for what DynamoDB returns."""

import json
from decimal import Decimal
from typing import Any, Dict, Optional

CORS_HEADERS = {
    "Content-Type": "application/json",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Content-Type,Authorization,X-Amz-Date,X-Api-Key",
    "Access-Control-Allow-Methods": "GET,POST,PUT,DELETE,OPTIONS",
}


class DecimalEncoder(json.JSONEncoder):
    """Encode the Decimal values of DynamoDB as int or float, and sets as sorted lists."""

    def default(self, obj):
        if isinstance(obj, Decimal):
            return int(obj) if obj % 1 == 0 else float(obj)
        if isinstance(obj, (set, frozenset)):
            return sorted(obj)
        return super().default(obj)


def response(
    status_code: int, body: Any, headers: Optional[Dict[str, str]] = None
) -> Dict[str, Any]:
    """Answer in the shape of the API Gateway proxy integration."""
    return {
        "statusCode": status_code,
        "headers": {**CORS_HEADERS, **(headers or {})},
        "body": json.dumps(body, cls=DecimalEncoder),
    }


def error_response(status_code: int, error: str, message: str, **details: Any) -> Dict[str, Any]:
    """Answer for a request that failed: a code for programs, a message for people."""
    body: Dict[str, Any] = {"error": error, "message": message}
    if details:
        body["details"] = details
    return response(status_code, body)
