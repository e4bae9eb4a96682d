"""The root of every error that Fast Channel raises on purpose."""


class FastChannelError(Exception):
    """We could not answer. The message says where, what was found, what was expected and what to do."""
