"""Runs the crawlers of a catalog every night, one step at a time."""
import logging
import os

import boto3
from runlog import remember

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)

CRAWLER_PREFIX = os.environ.get('CRAWLER_PREFIX', 'nightly-')
BUSY = ('RUNNING', 'STOPPING')
_glue = None


def glue():
    global _glue
    if _glue is None:
        _glue = boto3.client('glue')
    return _glue


def name_of(crawler):
    return CRAWLER_PREFIX + crawler


def launch(run, attempt=1):
    """Start every crawler of the run, in order."""
    try:
        run['started'] = []
        for crawler in run['crawlers']:
            glue().start_crawler(Name=name_of(crawler))
            run['started'].append(crawler)
        run['attempt'] = attempt
        remember('launched', run)
    except Exception as e:
        log.error('launch failed: %s', e)
        run['finished'] = True
        run['outcome'] = 'FAILED'
        run['reason'] = str(e)


def look(event):
    """Count what is still crawling."""
    run = event.get('run', event)
    try:
        busy = [c for c in run['started'] if states()[name_of(c)] in BUSY]
        run['busy'] = len(busy)
        run['looks'] = run.get('looks', 0) + 1
        if not busy or run['looks'] >= 3:
            run['finished'] = True
            run['outcome'] = 'SUCCEEDED' if not busy else 'SLOW'
    except KeyError as e:
        run['finished'] = True
        run['outcome'] = 'FAILED'
        run['reason'] = str(e)
    return run


def states():
    pages = glue().get_paginator('get_crawlers').paginate()
    return {c['Name']: c['State'] for page in pages for c in page['Crawlers']}


def begin(event):
    run = {'crawlers': list(event.get('crawlers', [])), 'finished': False}
    launch(run)
    return run


STEPS = {
    'begin': begin,
    'look': look,
    'again': lambda event: again(event['run']),
}


def again(run):
    run['finished'] = False
    launch(run, run['attempt'] + 1)
    return run


def handler(event, context):
    step = event.get('step', 'begin')
    if step not in STEPS:
        raise ValueError(f'no step {step!r}')
    return STEPS[step](event)
