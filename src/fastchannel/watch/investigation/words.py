"""The investigation's words, in every language that ships."""

from __future__ import annotations

from collections.abc import Mapping

from fastchannel.terms.language import N_, translate
from fastchannel.watch.investigation.clocks import Kept
from fastchannel.watch.investigation.contacts import Setting
from fastchannel.watch.investigation.windows import Source

SETTINGS: Mapping[Setting, str] = {
    Setting.SEAT: N_("sat near the case"),
    Setting.ROOM: N_("shared a room"),
    Setting.ADJACENT_ROOM: N_("stayed in an adjacent room"),
    Setting.VEHICLE: N_("rode in the same vehicle"),
    Setting.SHIFT: N_("worked the same shift"),
}
UNCERTAIN = N_("uncertain, because a seat, room or vehicle is not known")
KEPT: Mapping[Kept, str] = {
    Kept.IN_TIME: N_("done in time"),
    Kept.LATE: N_("done late"),
    Kept.OPEN: N_("not yet due"),
    Kept.OVERDUE: N_("overdue"),
}
SOURCES: Mapping[Source, str] = {
    Source.BEFORE_ARRIVAL: N_("infected before arrival"),
    Source.AFTER_ARRIVAL: N_("infected after arrival"),
    Source.EITHER: N_("infected before or after arrival"),
}


def setting_words(setting: Setting, *, certain: bool, language: str = "en") -> str:
    text = translate(SETTINGS[setting], language)
    return text if certain else f"{text} ({translate(UNCERTAIN, language)})"


def kept_words(kept: Kept, language: str = "en") -> str:
    return translate(KEPT[kept], language)


def source_words(source: Source, language: str = "en") -> str:
    return translate(SOURCES[source], language)
