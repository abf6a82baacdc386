"""What both functions note."""
import json


def remember(what, facts):
    print(json.dumps({"what": what, "facts": facts}))
