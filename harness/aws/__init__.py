"""Stand-ins for AWS that the harness runs the systems against."""
