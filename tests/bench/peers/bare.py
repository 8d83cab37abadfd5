"""The same list by hand: Flask, SQLAlchemy Core and one template, without count and permissions."""

import os
from typing import Any

from flask import Flask, abort, redirect, render_template_string, request, session
from sqlalchemy import create_engine, text

PAGE = """<!doctype html><html lang="zh"><title>事项</title><h1>事项</h1><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ "" if cell is none else cell }}</td>{% endfor %}</tr>
{% endfor %}</table><a href="?page={{ page + 1 }}">下一页</a></html>"""
SELECT = """SELECT t.name, t.note, o.name AS office, t.amount, t.day, t.twice, t.state, t.created_at
FROM desk_thing_0000 t LEFT JOIN desk_office o ON o.id = t.unit_id {where}
ORDER BY t.id DESC LIMIT 20 OFFSET :offset"""

app = Flask(__name__)
app.secret_key = "bench"
engine = create_engine(os.environ["DATABASE_URL"])


@app.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    """Sign in without asking anything."""
    if request.method == "GET":
        return "<form></form>"
    session["user"] = 1
    return redirect("/")


@app.route("/")
def rows() -> str:
    """Show a page."""
    if "user" not in session:
        abort(403)
    page = int(request.args.get("page", "1"))
    unit = request.args.get("unit")
    where = "WHERE t.unit_id = :unit" if unit else ""
    values = {"offset": (page - 1) * 20, **({"unit": int(unit)} if unit else {})}
    with engine.connect() as connection:
        found = connection.execute(text(SELECT.format(where=where)), values).all()
    return render_template_string(PAGE, rows=found, page=page)
