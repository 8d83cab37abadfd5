"""What this office does is said in the metadata: no file that people write in the product knows its nouns."""

import re
from collections.abc import Iterator

from app.settings import ROOT

ENGLISH = (
    "passports?", "travel documents?", "travel_pass", "blank_book", "delegations?", "trips?", "itinerar(?:y|ies)",
    "visas?", "embass(?:y|ies)", "consulates?", "consular", "border_stamp", "exit_certificate", "notes?_verbales?",
    "apec", "hkmao", "fao", "foreign affairs", "liaisons?", "countr(?:y|ies)", "continents?", "stopovers?",
)  # fmt: skip
CHINESE = (
    "护照", "通行证", "签注", "签证", "送签", "团组", "团长", "参团", "出国", "出境", "入境", "境外", "出访", "因公",
    "公务", "外事", "外办", "外交", "港澳", "照会", "使馆", "领馆", "领区", "边检", "来华", "邀请", "国家", "国别",
    "任务审批", "批件", "确认件", "预审", "申报单位", "专办", "立户", "制证", "空白本", "空白证",
)  # fmt: skip
NOUN = re.compile(rf"(?<![a-z])(?:{'|'.join(ENGLISH)})(?![a-z])|{'|'.join(CHINESE)}", re.IGNORECASE)
WRITTEN = {".css", ".html", ".j2", ".js", ".po", ".py", ".txt", ".yaml"}
NOT_BY_HAND = (
    "app/generated",
    "app/kept",
    "app/migrations/versions",
    "app/web/static/vendor",
    "generator/icons.txt",  # names of a package
)

# A word that means something else where it stands, and the line that shows it.
KNOWN = {
    (
        "app/core/devices/mrz.py",
        "Machine-readable zones of travel documents (ICAO 9303)",
    ),  # its title
    ("generator/zh_CN.po", "境外号码"),  # numbers of telephones
}


def written() -> Iterator[tuple[str, str]]:
    """Yield every file that people write below app/ and generator/, and its text."""
    for room in ("app", "generator"):
        for path in sorted((ROOT / room).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in WRITTEN and not name.startswith(NOT_BY_HAND):
                yield name, path.read_text(encoding="utf-8")


def without(text: str, known: set[str]) -> str:
    """Return the text without what is known to mean something else."""
    for one in known:
        text = text.replace(one, "")
    return text


def test_no_file_that_people_write_knows_what_the_office_does() -> None:
    files = dict(written())
    assert len(files) > 400
    found = [
        f"{name}:{number}: {match[0]}"
        for name, text in files.items()
        for number, line in enumerate(
            without(text, {words for place, words in KNOWN if place == name}).splitlines(), 1
        )
        for match in NOUN.finditer(line)
    ]
    assert found == []


def test_every_exception_is_still_needed() -> None:
    files = dict(written())
    assert [place for place, words in KNOWN if words not in files[place]] == []
    assert [place for place, words in KNOWN if not NOUN.search(words)] == []


def test_the_nouns_are_found_in_what_is_generated() -> None:
    """Else the list could be spelt in a way that finds nothing."""
    said = (ROOT / "app" / "generated" / "outbound" / "delegation.py").read_text(encoding="utf-8")
    assert {match[0].lower() for match in NOUN.finditer(said)} >= {"团组", "出访", "delegation"}
