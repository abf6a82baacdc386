"""Scenarios that nobody wrote: drawn by Hypothesis, run on both trees, and where the two differ,
shrunk to what is needed to see it.
"""
