"""The message catalogues' command: what it extracts, what it keeps and what it refuses."""

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import catalogues

CODE = b"""
_("Released")
_(f"never {taken}")
ngettext("{count} test", "{count} tests", count)
pgettext("stage", "Open")
# Translators: a sponsor's word
label = gettext_lazy("Hello %(name)s")
"""
TEMPLATE = """{% load i18n %}
    <p>{% translate "Waiting" %}</p>
  <b title="it's">{% blocktranslate count n=all %}{{ n }} traveller{% plural %}{{ n }} travellers{% endblocktranslate %}
\u3000{{ _("Held") }} 100%
"""


def extracted(tmp_path: Path, code: bytes = CODE) -> Catalog:
    """The catalogue template of one Python file."""
    return catalogues.extract_messages([(tmp_path / "module.py", code)], tmp_path)


def written(tmp_path: Path, language: str, template: Catalog, translations: dict[str, str | tuple[str, ...]]) -> Path:
    """A locale folder with one language's catalogue, translated as given."""
    catalog = catalogues.merge(template, Catalog(locale=language), language, keep_obsolete=True)
    for message in catalog:
        if message.id:
            message.string = translations.get(catalogues.singular(message), message.string)
    path = catalogues.catalogue_path(language, tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogues.render(catalog, language))
    return path


def test_all_kinds_of_calls_are_extracted_and_text_computed_at_run_time_is_not(tmp_path: Path) -> None:
    found = {(message.context, message.id) for message in extracted(tmp_path) if message.id}
    assert found == {
        (None, "Released"),
        (None, ("{count} test", "{count} tests")),
        ("stage", "Open"),
        (None, "Hello %(name)s"),
    }


def test_a_template_gives_its_messages_whatever_its_indentation_and_white_space(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(TEMPLATE, encoding="utf-8")
    source = catalogues.python_lines_of_template(path)
    found = {m.id for m in catalogues.extract_messages([(path, source)], tmp_path) if m.id}
    assert found == {"Waiting", "Held", ("%(n)s traveller", "%(n)s travellers")}


def test_a_second_update_changes_no_byte_and_keeps_translations(tmp_path: Path) -> None:
    template = extracted(tmp_path)
    path = written(tmp_path, "ko", template, {"Released": "해제"})
    again = catalogues.merge(template, catalogues.read(path, "ko"), "ko", keep_obsolete=True)
    assert catalogues.render(again, "ko") == path.read_bytes()
    assert again["Released"].string == "해제"


def test_a_reworded_message_is_missing_and_its_old_translation_is_kept_as_obsolete(tmp_path: Path) -> None:
    path = written(tmp_path, "ko", extracted(tmp_path, b'_("Released")'), {"Released": "해제"})
    reworded = extracted(tmp_path, b'_("Set free")')
    merged = catalogues.merge(reworded, catalogues.read(path, "ko"), "ko", keep_obsolete=True)
    path.write_bytes(catalogues.render(merged, "ko"))
    faults = catalogues.check(reworded, tmp_path, ["ko"])
    assert faults == ["ko: not translated: 'Set free'", "ko: obsolete: 'Released'"]
    dropped = catalogues.merge(reworded, catalogues.read(path, "ko"), "ko", keep_obsolete=False)
    assert "해제" not in catalogues.render(dropped, "ko").decode()


def test_a_language_without_a_file_misses_every_message(tmp_path: Path) -> None:
    assert catalogues.check(extracted(tmp_path, b'_("Released")'), tmp_path, ["ko"]) == ["ko: missing: 'Released'"]


def test_no_translation_is_needed_in_the_language_of_the_code(tmp_path: Path) -> None:
    template = extracted(tmp_path)
    written(tmp_path, "en", template, {})
    assert catalogues.check(template, tmp_path, ["en"]) == []


@pytest.mark.parametrize(
    ("text", "translation", "right"),
    [
        ("Hello {name}", "{name}님", True),
        ("Hello {name}", "{nama}님", False),
        ("Hello %(name)s", "%(name)s님", True),
        ("Hello %(name)s", "%(name)님", False),
        ("{a} of {b}", "{b} 중 {a}", True),
        ("Hello {name}", "안녕하세요", False),
        ("100%% of {n}", "{n}의 100%%", True),
        ("50% of {n}", "{n}의 50%", True),
    ],
)
def test_placeholders_must_be_those_of_the_message(tmp_path: Path, text: str, translation: str, right: bool) -> None:
    template = extracted(tmp_path, f"_({text!r})".encode())
    written(tmp_path, "ko", template, {text: translation})
    assert (catalogues.check(template, tmp_path, ["ko"]) == []) is right


def test_a_fuzzy_translation_is_a_fault(tmp_path: Path) -> None:
    template = extracted(tmp_path, b'_("Released")')
    path = written(tmp_path, "ko", template, {"Released": "해제"})
    path.write_text(path.read_text().replace('msgid "Released"', '#, fuzzy\nmsgid "Released"'))
    assert catalogues.check(template, tmp_path, ["ko"]) == ["ko: fuzzy: 'Released'"]


def test_a_compiled_catalogue_translates_and_falls_back_to_the_message(tmp_path: Path) -> None:
    template = extracted(tmp_path)
    written(tmp_path, "ko", template, {"Released": "해제", "{count} test": ("검사 {count}회",)})
    written(tmp_path, "en", template, {})
    assert catalogues.compile_catalogues(tmp_path) == 2
    korean = gettext.translation("django", tmp_path, ["ko"])
    assert korean.gettext("Released") == "해제"
    assert korean.ngettext("{count} test", "{count} tests", 3) == "검사 {count}회"
    english = gettext.translation("django", tmp_path, ["en"])
    assert english.gettext("Released") == "Released"
    assert english.ngettext("{count} test", "{count} tests", 1) == "{count} test"


def test_compiling_no_catalogue_at_all_is_no_error(tmp_path: Path) -> None:
    assert catalogues.compile_catalogues(tmp_path / "absent") == 0
