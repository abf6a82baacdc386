"""The small tree: a planner whose functions move to a worker and a reader."""

PLANNER = '''\
"""Plans batches."""

import json
import os

import boto3

LIMIT = 3
STEPS = ["one", "two"]

# Settings of the queue.
QUEUE = os.environ.get("QUEUE", "none")


def lambda_handler(event, context):
    """Dispatch by action."""
    action = event.get("action")
    if action == "start":
        return start_batch(event["state"], event.get("number", 1))
    elif action == "check":
        return check(event)
    return find(event["region"])


# ==========
# Batches
# ==========


# Begins the work.
def start_batch(state, number=LIMIT):
    """Start one batch."""
    if number > LIMIT:
        raise ValueError(f"no batch {number}")
    state["batch"] = prepare(number)
    state["queue"] = QUEUE
    return None


def prepare(number):
    return {"number": number, "steps": list(STEPS), "found": find("here")}


# ==========
# Status
# ==========


def check(event):
    state = event.get("application", event)
    state["checked"] = True
    return state


def find(region, tags=None):
    return [region, tags, json.dumps(LIMIT)]
'''

WORKER = '''\
"""Works."""

import json

LIMIT = 3


def lambda_handler(event, context):
    """Answer everything."""
    try:
        return {"statusCode": 200, "body": json.dumps(work(event))}
    except Exception as error:
        return {"statusCode": 500, "body": str(error)}


def work(event):
    return event["job"] + LIMIT
'''

READER = """\
import os


def lambda_handler(event, context):
    return {"read": os.getpid() > 0}
"""

TEMPLATE = """\
Parameters:
  Stage: {Type: String}  # dev or prod
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: all
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: lambda:InvokeFunction
                Resource: arn:aws:lambda:*:*:function:other

  PlannerFunction:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: planner
      Role: !GetAtt Role.Arn
      Timeout: 60
      Environment:
        Variables:
          QUEUE: !Ref Stage
          STAGE: !Ref Stage

  # The one that works.
  WorkerFunction:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: worker
      Role: !GetAtt Role.Arn
      Timeout: 100
      Environment:
        Variables:
          STAGE: !Ref Stage

  ReaderFunction:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Sub "reader-${Stage}"
      Role: !GetAtt Role.Arn
"""

SERVERLESS = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    Handler: index.lambda_handler
    Timeout: 50
Resources:
  PlannerFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://code/planner.zip
      Environment:
        Variables:
          QUEUE: q
          STAGE: s
  WorkerFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://code/worker.zip
      FunctionName: worker
  ReaderFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://code/reader.zip
"""

CONFIG = """\
layers = ["fn/shared"]
services_gone = ["batch"]

[functions.planner]
path = "fn/planner/index.py"
resource = "PlannerFunction"

[functions.worker]
path = "fn/worker/index.py"
resource = "WorkerFunction"

[functions.reader]
path = "fn/reader/index.py"
resource = "ReaderFunction"

[templates]
files = ["*.yaml"]
role = "Role"

[[moves]]
function = "start_batch"
from = "planner"
to = "worker"
mutates = "state"
on_invocation_failure = { done = true, error = "{error}" }

[[moves]]
function = "prepare"
from = "planner"
to = "worker"
helper = true

[[moves]]
function = "check"
rename = "poll"
from = "planner"
to = "reader"
payload = { state = "event.get('application', event)" }
mutates = "state"
returns = "state"
on_invocation_failure = { done = true, error = "{error}" }

[[moves]]
function = "find"
from = "planner"
to = "reader"
carry_to = ["worker"]
"""

PATHS = {
    "planner": "fn/planner/index.py",
    "worker": "fn/worker/index.py",
    "reader": "fn/reader/index.py",
    "template": "main.yaml",
}
