"""Mixed versions: in which orders the parts of a release may be deployed and taken back, what the
others would do, and whether executions in flight survive both.
"""
