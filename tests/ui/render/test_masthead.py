from __future__ import annotations

from rag.ui.render.masthead import comment_html, header_html, welcome_html
from rag.ui.wording import EN, ZH

from ..fakebot import HOSTILE, Info


def test_welcome_says_how_much_it_knows_and_escapes_examples() -> None:
    html = welcome_html(Info(5, 18, 169), ("多少?", HOSTILE), EN)
    assert "5 pages · 18 articles · 169 passages" in html
    assert '<button class="wb-example">多少?</button>' in html
    assert "<img" not in html
    assert " 2024" not in html
    dated = welcome_html(Info(5, 18, 169), (), EN, ["2024-06-03", "2023-12-30", "2024-01-05"])
    assert "169 passages · 2023-12-30 to 2024-06-03</p>" in dated
    assert EN.try_asking not in welcome_html(Info(0, 0, 0), (), EN)


def test_title_of_the_owner_is_escaped() -> None:
    assert "<h1>A &amp; &lt;B&gt;</h1>" in header_html("A & <B>", ZH)


def test_articles_can_be_added_only_where_that_is_allowed() -> None:
    assert 'data-view="add"' not in header_html("A", ZH)
    assert f'<button type="button" data-view="add">{EN.add}</button>' in header_html("A", EN, adding=True)


def test_a_word_about_an_answer_is_asked_for_by_what_was_thought_of_it() -> None:
    assert f'data-turn="3" role="group" aria-label="{ZH.thanks}"' in comment_html(3, True, ZH)
    assert ZH.tell_more in comment_html(3, True, ZH)
    assert ZH.tell_wrong in comment_html(3, False, ZH)
