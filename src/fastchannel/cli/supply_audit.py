"""``fastchannel supply audit``: what firms claimed against what came true, and by what their next claims are multiplied."""

from __future__ import annotations

import click

from fastchannel.cli.command import command, json_option, language_option
from fastchannel.cli.console import emit_json, message
from fastchannel.cli.supply_rows import text_of
from fastchannel.terms.language import N_, translate

DISCOUNTED = 1
RULE = N_(
    "factor = exp({severity} · min(0, m + {tolerance})); m is the mean of log(realised ÷ claimed), later audits counting more, "
    "with {prior} honest claims beside them; never below {floor} of what its claims came to"
)
FIRM = N_("{firm}: {audits} audits, realised {realised} of {claimed} claimed: its next claims count {factor}")


def add_to(group: click.Group) -> None:
    """Add the command to the group, once."""
    if "audit" not in group.commands:
        command(
            group,
            "audit",
            "fastchannel supply audit audits.csv",
            "fastchannel supply allocate applications.csv capacity.toml --audits audits.csv",
            exits={DISCOUNTED: "some firm's claims are discounted: stdout says whose and by how much"},
        )(audit_claims)


@click.argument("audits", metavar="AUDITS.csv")
@language_option
@json_option
def audit_claims(*, audits: str, language: str, as_json: bool) -> int:
    """Hold claims against what came true, firm by firm, and state the discount.

    AUDITS.csv has the columns firm, claimed, realised and, where another owns the firm, owner; the oldest row comes first.
    """
    from fastchannel.supply.places.claims import DiscountRule, factors
    from fastchannel.supply.places.reading_promises import read_audits

    audited, rule = read_audits(text_of(audits), audits), DiscountRule()
    whose = {one.firm: audited.owners.get(one.firm, one.firm) for one in audited.audits}
    by_firm = factors(audited.audits, rule, audited.owners)
    firms = [
        {
            "firm": firm,
            "audits": sum(whose[one.firm] == firm for one in audited.audits),
            "claimed": sum(one.claimed for one in audited.audits if whose[one.firm] == firm),
            "realised": sum(one.realised for one in audited.audits if whose[one.firm] == firm),
            "factor": by_firm[firm],
        }
        for firm in sorted(by_firm, key=lambda firm: (by_firm[firm], firm))
    ]
    stated = {name: getattr(rule, name) for name in ("prior_audits", "severity", "tolerance", "floor", "half_life_audits")}
    if as_json:
        emit_json({"rule": stated, "firms": firms})
    else:
        for one in firms:
            shown = {**one, "factor": f"{by_firm[str(one['firm'])]:.1%}"}
            shown |= {name: f"{one[name]:,.6g}" for name in ("claimed", "realised")}
            click.echo(translate(FIRM, language, **shown))
        figures = {"severity": f"{rule.severity:g}", "tolerance": f"{rule.tolerance:g}", "prior": f"{rule.prior_audits:g}"}
        message(translate(RULE, language, **figures, floor=f"{rule.floor:.0%}"))
    return DISCOUNTED if any(by_firm[firm] < 1.0 for firm in by_firm) else 0
