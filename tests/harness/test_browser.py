import pytest

pytestmark = pytest.mark.browser


def test_the_sign_in_page_and_the_workbench_are_drawn(page_for):
    page = page_for("system_admin")
    assert page.locator("h1, .page-head").first.is_visible()
    page.goto("/sign-in")
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_a_script_error_is_seen(page_for, request):
    page = page_for("", "/sign-in")
    with pytest.raises(Exception, match="broken"):
        page.evaluate("() => { throw new Error('broken') }")
