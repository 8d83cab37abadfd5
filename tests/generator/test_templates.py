"""What the compiler takes for granted in a template is what the product fills in."""

from docx import Document as Word

from app.documents import filling
from generator import templates


def test_the_words_that_every_template_may_use_are_those_that_are_filled():
    assert set(templates.KNOWN) == {*filling.PLACES, "owner", "qr"}


def test_marks_of_the_template_language_are_read_however_word_cuts_them(tmp_path):
    word = Word()
    paragraph = word.add_paragraph("{{ na")
    paragraph.add_run("me }} {% if worth")
    paragraph.add_run(" %}{{ worth|money }}{% endif %}")
    row = word.add_table(rows=1, cols=1).rows[0]
    row.cells[0].text = "{%tr for item in items %}"
    word.add_paragraph("{{ item.name }}{% endfor %}")
    word.sections[0].footer.paragraphs[0].text = "{{ code }}"
    word.save(tmp_path / "t.docx")
    found = templates.read(tmp_path / "t.docx")
    assert found.names == {"name", "worth", "items", "code"}
