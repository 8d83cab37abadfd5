"""Write the .docx templates of written reports: the product's, and that of tests/examples.

A template is an ordinary Word file: an office may open and change it. It writes the blocks that the
model's `docx` declares by their names, a table as {{p NAME }} alone in its paragraph.
"""

from __future__ import annotations

from pathlib import Path

from make_document_templates import BLACK, CENTER, HEAD, KAI, TARGET, Paper

EXAMPLES = TARGET.parent.parent / "tests" / "examples" / "metadata" / "documents"


class ReportPaper(Paper):
    """A report being written, from top to bottom."""

    def head(self) -> None:
        """Add the title and what the figures are of."""
        self.line("{{ title }}", size=22, font=HEAD, align=CENTER, spacing=36, after=6)
        self.line("{{ owner }}　{{ asked_at }}", font=KAI, align=CENTER, after=10)

    def section(self, title: str) -> None:
        """Add the heading of a section."""
        self.line(title, size=16, font=BLACK, spacing=30, before=8, keep=True)

    def text(self, words: str) -> None:
        """Add a paragraph of text."""
        self.line(words, size=14, indent=2, spacing=27)

    def picture(self, name: str) -> None:
        """Add the place of a picture; its line grows with it."""
        place = self.file.add_paragraph(f"{{{{ {name} }}}}")
        place.alignment = CENTER

    def table_of(self, name: str) -> None:
        """Add the place of a table."""
        self.file.add_paragraph(f"{{{{p {name} }}}}")

    def foot(self) -> None:
        """Add what was asked, by whom, and what the figures count."""
        self.line(
            "统计条件：{{ asked }}。统计口径：{{ basis }}。由 {{ asked_by }} 于 {{ asked_at }} 生成，"
            "数字以其查看范围为限。",
            size=10.5, font=KAI, spacing=17, before=10,
        )  # fmt: skip

    def save_in(self, folder: Path, name: str) -> Path:
        """Write the file below a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self.file.save(str(folder / name))
        return folder / name


def trips() -> Path:
    """Write 因公出国（境）情况分析报告."""
    paper = ReportPaper("因公出国（境）情况分析报告")
    paper.head()
    paper.section("一、总体情况")
    paper.text(
        "统计范围（{{ days }}）内，共申报因公出国（境）团组 {{ delegations }} 个、{{ travels }} 人次，"
        "涉及 {{ persons }} 人；其中已批准 {{ approved }} 个，退案 {{ refused }} 个，正在办理 {{ waiting }} 个。"
        "团组平均在外 {{ mean }} 天，党政领导干部出访 {{ leaders }} 人次。"
    )
    paper.section("二、出访走势")
    paper.text("各月出境人次如下图。")
    paper.picture("course")
    paper.section("三、出访国家（地区）")
    paper.text("团组最多的国家（地区）依次为：{{ hot }}。")
    paper.picture("countries")
    paper.section("四、出访类别与团组类型")
    paper.picture("kinds")
    paper.table_of("purposes")
    paper.section("五、申报单位")
    paper.text("出访人次最多的单位为：{{ busiest }}。各单位情况见下表。")
    paper.table_of("units")
    paper.section("六、办理情况")
    paper.table_of("handling")
    paper.foot()
    return paper.save_in(TARGET, "trips_analysis.docx")


def journeys() -> Path:
    """Write the example's report."""
    paper = ReportPaper("出行分析报告")
    paper.head()
    paper.text("{{ days }}，共出行 {{ persons }} 人次，平均 {{ mean }} 天。去得最多的是{{ hot }}。")
    paper.picture("course")
    paper.picture("grades")
    paper.picture("lengths")
    paper.table_of("months")
    paper.table_of("where")
    paper.foot()
    return paper.save_in(EXAMPLES, "journeys_analysis.docx")


if __name__ == "__main__":
    for made in (trips(), journeys()):
        print(made.name)
