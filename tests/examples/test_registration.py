"""A project without a role for newcomers offers nobody to register himself."""

from tests.app.security.people import token


def test_nobody_is_asked_for_what_would_lead_nowhere(app):
    client = app.test_client()
    page = client.get("/sign-in").text
    assert "忘记密码" in page and "注册" not in page
    secret = token(client)
    for path in ("/register", "/register/code"):
        answer = client.post(path, data={"csrf_token": secret, "phone": "13800000009"})
        assert answer.status_code == 404
        assert "不开放自行注册" in answer.text
    assert client.get("/register").status_code == 404
