"""One module a command: arguments in, exit code out; the work is done in codemods and harness."""
