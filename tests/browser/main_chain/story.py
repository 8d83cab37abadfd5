"""Who and what the main chain is about, and what its chapters have led to so far."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.conftest import City
from tests.browser.desk import Desk, scan

UNIT = "武汉市江城职业技术学院"
REGISTRANT = {"name": "周晓岚", "phone": "13800000911", "post": "外事专干"}
PASSWORD = "Huanghe-Lou-2026"
TRIP = "陈志远等2人赴德国职业教育合作团组"


@dataclass
class Story:
    """What the chapters before have led to."""

    folder: Path
    told: list[str] = field(default_factory=list)
    case: dict[str, int] = field(default_factory=dict)
    address: str = ""  # where the paper's code leads

    def paper(self, name: str) -> Path:
        """Return a scan of that name."""
        place = self.folder / name
        return place if place.exists() else scan(self.folder, name)


def liaison(city: City) -> Desk:
    return city.desks["liaison"]
