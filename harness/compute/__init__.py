"""What the trees' own code costs in wall time: a recorded execution, played again without AWS, the
two sides in pairs.
"""
