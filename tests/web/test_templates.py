"""How templates are served: without the line breaks and the indentation that their readers need."""

from pathlib import Path

import pytest

from yifen.face.shell.loaders import collapsed

COLLAPSED = {
    "a break between two tags is nothing": ("<ul>\n  <li>\n    <b>1</b>\n  </li>\n</ul>", "<ul><li><b>1</b></li></ul>"),
    "so is one beside a template tag": (
        "<p>\n  {% if a %}\n    <b>1</b>\n  {% endif %}\n</p>", "<p>{% if a %}<b>1</b>{% endif %}</p>"),
    "a value counts as a tag": ("<dd>\n  {{ one }}\n  {{ two }}\n</dd>", "<dd>{{ one }}{{ two }}</dd>"),
    "so does a comment": ("<p>\n  {# why #}\n  <b>1</b></p>", "<p>{# why #}<b>1</b></p>"),
    "blank lines and the spaces before a break go with it": ("<p>  \n\n\t <b>1</b> \r\n</p>", "<p><b>1</b></p>"),
    "beside text a break is one line feed": (
        "<p>\n  one\n  <b>2</b>\n  three\n</p>", "<p>\none\n<b>2</b>\nthree\n</p>"),
    "at the end of the file too": ("<b>1</b>\n", "<b>1</b>\n"),
    "within a tag a break is one space": (
        '<a class="b{% if c > 1 %}\n    d{% endif %}"\n    {% if e %}f{% endif %}\n    {% if g %}h{% endif %}>',
        '<a class="b{% if c > 1 %} d{% endif %}" {% if e %}f{% endif %} {% if g %}h{% endif %}>'),
}  # fmt: skip
KEPT = {
    "spaces within a line": "<p><b>1</b> <i>2</i>  {{ three }} {% four %}</p>",
    "a space that is said": '<b>1</b>{{ " " }}<i>2</i>',
    "a wide space, which is a character": "<b>1</b>\u3000\n",
    "preformatted text": '<pre class="a">\n  <b>1</b>\n  {{ two }}\n</pre>',
    "what is typed into a field": "<textarea>\n  {{ one }}\n  {{ two }}\n</textarea>",
    "scripts": "<script>\n  f()\n  //\n</script>",
    "texts that are looked up as they stand": "{% blocktranslate %}\n  {{ a }}\n  {{ b }}\n{% endblocktranslate %}",
    "what is not a template": "{% verbatim %}\n  {{ one }}\n{% endverbatim %}",
}


@pytest.mark.parametrize("name", COLLAPSED)
def test_collapsed(name: str) -> None:
    source, served = COLLAPSED[name]
    assert collapsed(source) == served
    assert collapsed(served) == served


@pytest.mark.parametrize("name", KEPT)
def test_kept(name: str) -> None:
    assert collapsed(KEPT[name]) == KEPT[name]


def test_the_settings_collapse_pages_and_leave_other_files(place, tmp_path: Path) -> None:
    from django.conf import settings
    from django.template import Context, Engine

    for name in ("a.html", "a.txt"):
        (tmp_path / name).write_text("{% if x %}\n  <b>{{ x }}</b>\n{% endif %}\n")
    engine = Engine([tmp_path], loaders=settings.TEMPLATES[0]["OPTIONS"]["loaders"])
    assert engine.get_template("a.html").render(Context({"x": 1})) == "<b>1</b>\n"
    assert engine.get_template("a.txt").render(Context({"x": 1})) == "\n  <b>1</b>\n\n"


def test_a_template_is_read_once(place) -> None:
    from django.template.loader import get_template

    assert get_template("parts/alert.html").template is get_template("parts/alert.html").template


def test_templates_of_apps_and_of_wheels_are_found_and_collapsed(place) -> None:
    from django.template.loader import get_template

    for name in ("access/sign_in.html", "parts/alert.html", "django/forms/widgets/select.html"):
        lines = get_template(name).template.source.splitlines()
        assert [line for line in lines if line != line.strip()] == []
