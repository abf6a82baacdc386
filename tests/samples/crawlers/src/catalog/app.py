"""What people ask of the catalog."""
import os

import boto3
from runlog import remember

CRAWLER_PREFIX = os.environ.get("CRAWLER_PREFIX", "nightly-")


def glue():
    """A client of its own for each request: people come from many accounts."""
    return boto3.client("glue")


def states(names):
    return [glue().get_crawler(Name=name)["Crawler"]["State"] for name in names]


def handler(event, context):
    try:
        match event.get("ask"):
            case "states":
                return {"states": states(event["names"])}
            case "stop":
                remember("stopped", event)
                glue().stop_crawler(Name=event["name"])
                return {"stopped": event["name"]}
            case "start":
                glue().start_crawler(Name=event["name"])
                return {"started": event["name"]}
            case other:
                return {"error": f"cannot {other}"}
    except Exception as error:
        return {"error": str(error)}
