"""The command line: data to stdout, messages to stderr, documented exit codes."""
