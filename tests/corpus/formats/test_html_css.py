import pytest

from rag.corpus.formats.html.css import Look, Styles, look_of
from rag.corpus.formats.html.markup import parse_page, take_apart


def look(sheet, element):
    """How the element is shown that has the text 字."""
    source = take_apart(f"<style>{sheet}</style><div class=outer id=top><section>{element}</section></div>")
    found = next(e for e in parse_page(source).iter() if e.text == "字")
    return Styles(source.styles).look(found)


HIDDEN, STRUCK, SHOWN = Look(hidden=True, display="none"), Look(struck=True), Look()
BLOCK = Look(display="block")


@pytest.mark.parametrize(
    ("sheet", "element", "shown"),
    [
        ("", "<p hidden>字", HIDDEN),
        ("", "<p style='color:red; DISPLAY : none'>字", HIDDEN),
        ("", "<p style='display:none' hidden>字", HIDDEN),
        ("", "<p style='display:block' hidden>字", BLOCK),
        ("", "<p style='text-decoration: red line-through'>字", STRUCK),
        ("", "<p style='visibility:hidden'>字", Look(invisible=True)),
        ("", "<p style='opacity: 0.0'>字", Look(invisible=True)),
        ("", "<p style='opacity: 0.5; font-size: 10px'>字", SHOWN),
        ("", "<p style='font-size:0px'>字", Look(invisible=True)),
        ("", "<b style='vertical-align:super'>字", Look(raised="sup")),
        (".x{display:none}", "<p class='y x'>字", HIDDEN),
        ("p.x.y{display:none}", "<p class=x>字", SHOWN),
        ("#a{display:none}", "<p id=a>字", HIDDEN),
        ("b, .x , i{text-decoration-line:line-through}", "<p class=x>字", STRUCK),
        (".outer .x{display:none}", "<p class=x>字", HIDDEN),
        (".outer > .x{display:none}", "<p class=x>字", SHOWN),
        ("section>p{display:none}", "<p>字", HIDDEN),
        ("nav p{display:none}", "<p>字", SHOWN),
        ("#top .x{display:none} .x{display:block}", "<p class=x>字", HIDDEN),
        (".x{display:none} p{display:block}", "<p class=x>字", HIDDEN),
        (".x{display:none} .x{display:block}", "<p class=x>字", BLOCK),
        (".x{display:none!important}", "<p class=x style='display:block'>字", HIDDEN),
        (".x{display:none}", "<p class=x style='display:block'>字", BLOCK),
        ("/* .x{display:none} */ .y{}", "<p class=x>字", SHOWN),
        (".x:hover{display:none} .x::before{display:none} .x[a]{display:none}", "<p class=x>字", SHOWN),
        ("@media print{.x{display:none}}", "<p class=x>字", SHOWN),
        ("@media screen{.x{display:none}}", "<p class=x>字", HIDDEN),
        ("@media (max-width: 600px){.x{display:none}} p{color:red}", "<p class=x>字", SHOWN),
        ("@import 'a.css'; .x{display:none}", "<p class=x>字", HIDDEN),
        ("> {display:none} .x{display:none}", "<p class=x>字", HIDDEN),
        ("@keyframes a{from{opacity:0}to{opacity:1}} .x{animation:a}", "<p class=x>字", SHOWN),
    ],
)
def test_what_styles_say(sheet, element, shown):
    assert look(sheet, element) == shown


def test_the_attributes_of_a_tag_alone():
    assert look_of({"hidden": ""}) == HIDDEN
    assert look_of({"class": "x", "style": "text-decoration:line-through;"}) == STRUCK
