"""What the compiler takes for granted of the runtime, in templates and in what it writes, is so there."""

from docx import Document as Word
from jinja2.defaults import DEFAULT_FILTERS

from app.documents import template_filling
from app.exchange import offers
from generator import templates
from generator.manual import interfaces


def test_the_words_that_every_template_may_use_are_those_that_are_filled():
    assert set(templates.KNOWN) == {*template_filling.PLACES, "owner", "qr"}


def test_the_filters_that_a_template_may_use_are_those_of_the_product():
    known = template_filling.environment().filters.items()
    own = {name for name, one in known if one is not DEFAULT_FILTERS.get(name)}
    assert own == set(templates.FILTERS)


def test_the_pages_of_interfaces_say_how_many_rows_are_answered_at_most():
    assert interfaces.LARGEST_PAGE == offers.LARGEST


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
