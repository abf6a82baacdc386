"""What people and schedules do, moved to every moment between two AWS calls: what the refactored
tree can then come to must be among what legacy can.
"""
