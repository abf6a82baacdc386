"""Every AWS call that a tree makes as a place to fail: the same fault at the same call must end
alike on both sides, and a failed invocation as the move declares it.
"""
