"""Asking in a browser: the box offers questions, the keyboard chooses, the answer is one page without trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.browsing import AXE, Site, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_question_is_offered_chosen_by_keyboard_and_answered(browser: Browser, full_site: Site) -> None:
    with watched(browser, full_site, bypass_csp=True) as page:
        sign_in(page)
        page.get_by_label("Ask a question").fill("who sp")
        page.get_by_role("option", name="Who spent the most this week?").wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.locator("#ask-answer").wait_for()
        assert "/ask?q=Who" in page.url
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run()")
        assert [each["id"] for each in found["violations"]] == []
