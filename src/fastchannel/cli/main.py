"""The command ``fastchannel``."""

from __future__ import annotations

import os
import sys
from functools import cache

import click

from fastchannel import __version__
from fastchannel.cli.command import UNANSWERED
from fastchannel.cli.console import message
from fastchannel.terms.errors import FastChannelError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="fastchannel")
def fastchannel() -> None:
    """Joint prevention and control between countries, and the fast channel for essential travellers."""


@cache
def build() -> click.Group:
    """The command with all that belongs to it."""
    from fastchannel.cli import (
        accounts,
        agreement,
        decide,
        demo,
        doctor,
        drill_commands,
        exchange,
        forecast,
        journey,
        node,
        passes,
        reference,
        rules,
        supply,
        trust,
        verify,
        watch,
    )

    rooms = (
        accounts, agreement, decide, demo, doctor, drill_commands, exchange, forecast, journey, node, passes, reference, rules,
        supply, trust, verify, watch,
    )  # fmt: skip
    for room in rooms:
        room.add_to(fastchannel)
    return fastchannel


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        sys.exit(build().main(standalone_mode=False) or 0)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.Abort:
        message("stopped")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except FastChannelError as error:
        message(f"error: {error}")
        sys.exit(UNANSWERED)
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain once more when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
