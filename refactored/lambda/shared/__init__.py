"""Code that all functions share; deployed as a Lambda layer (``shared.*``)."""
