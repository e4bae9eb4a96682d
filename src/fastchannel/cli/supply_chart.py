"""Output lost against imports let in, each rule a point with its range; the agreement in force stands out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from fastchannel.forecast.shown.charts import BLUE, ORANGE, WIDTH, Chart, chart_data, styled
from fastchannel.supply.whatif.words import rule_words
from fastchannel.terms.language import N_, translate

IN_FORCE = "in force"


def trade_chart(rows: Sequence[dict[str, Any]], language: str) -> Chart:
    """Rules without a figure for imports are left out."""
    points = [
        {
            "rule": rule_words(row["rule"], row["nights"], language),
            "imports": row["imports"],
            "lost": row["lost"]["central"],
            "low": row["lost"]["low"],
            "high": row["lost"]["high"],
            "colour": ORANGE if row["rule"] == IN_FORCE else BLUE,
        }
        for row in rows
        if row["imports"] is not None
    ]
    base = alt.Chart(chart_data(points)).encode(
        x=alt.X("imports:Q", title=translate(N_("imports expected"), language)), color=alt.Color("colour:N", scale=None)
    )
    lost = translate(N_("output lost, with its range"), language)
    ranges = base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", title=lost), y2="high:Q")
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(y="lost:Q")
    names = base.mark_text(align="left", dx=8, fontSize=12).encode(y="lost:Q", text="rule:N")
    title = translate(N_("Risk against output"), language)
    subtitle = translate(N_("Each rule for the channel, with the range of how inputs bind"), language)
    return styled(alt.layer(ranges, dots, names, width=WIDTH, height=320), title, subtitle, language)
