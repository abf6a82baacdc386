"""The tree's own CloudFormation templates, read as the world that its code runs in."""
