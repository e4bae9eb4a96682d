"""Reads the table and what belongs to it, as the options of the commands of supply say."""

from __future__ import annotations

from pathlib import Path

import click

from fastchannel.cli.files import read_file
from fastchannel.cli.supply_options import REPAIRABLE, Asked
from fastchannel.supply.chain.economy import Economy, Production, prepare
from fastchannel.supply.chain.exiobase import read_exiobase
from fastchannel.supply.chain.faults import Kind
from fastchannel.supply.chain.icio import read_icio
from fastchannel.supply.chain.own_csv import read_own
from fastchannel.supply.chain.repairs import Repaired, repair
from fastchannel.supply.chain.sectors import read_criticality, read_per_sector
from fastchannel.supply.chain.table import Table
from fastchannel.supply.chain.wiod import read_wiod
from fastchannel.terms.errors import FastChannelError


class SupplyFileError(FastChannelError):
    """A file given to the command cannot be read."""


def named(name: str) -> tuple[bytes, str]:
    """What is in a file, and its name. Raises SupplyFileError."""
    return read_file(Path(name), SupplyFileError), name


def read_table(asked: Asked) -> Table:
    """The table as it is. Raises FastChannelError."""
    raw, name = named(asked.table)
    if asked.layout == "icio":
        return read_icio(raw, name)
    if asked.layout == "wiod":
        return read_wiod(raw, name)
    if asked.layout == "exiobase":
        if asked.final is None:
            raise click.UsageError("--layout exiobase needs --final: the file Y.txt")
        made = named(asked.made) if asked.made else None
        as_shares = Path(name).name.startswith("A")
        flows, shares = (None, (raw, name)) if as_shares else ((raw, name), None)
        return read_exiobase(final=named(asked.final), flows=flows, shares=shares, output=made)
    return read_own(raw, name)


def repaired(table: Table, asked: Asked) -> Repaired:
    """The table after the repairs that were asked for."""
    kinds = tuple(Kind(one) for one in (REPAIRABLE if "all" in asked.repairs else asked.repairs))
    return repair(table, kinds, tolerance=asked.tolerance)


def economy_of(table: Table, asked: Asked) -> Economy:
    """The table made ready to run. Raises FastChannelError where it has faults or something is missing."""
    if asked.stock_days is None:
        raise click.UsageError("a run day by day needs --stock-days: the days of stock by sector")
    ranks = read_criticality(*named(asked.critical)).of(table) if asked.critical else None
    return prepare(
        table,
        stock_days=read_per_sector(*named(asked.stock_days)).of(table),
        criticality=ranks,
        production=Production(asked.production),
        tolerance=asked.tolerance,
    )
