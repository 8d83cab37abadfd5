"""Django's admin as its users tune it: 200 models, the first over the same rows, with a child table.

Tuned: no count of the whole list, references by number instead of a drop-down, joined loading.
Runs in the environment of requirements-bench.txt; run as a program it makes its tables and account.
"""

import os
import re
from urllib.parse import unquote

import django
from django.conf import settings

MODELS = int(os.environ.get("VIEWS", "200"))


def _database() -> dict[str, object]:
    url = os.environ["DATABASE_URL"]
    if url.startswith("sqlite:///"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite:///")}
    found = re.match(
        r"postgresql(?:\+\w+)?://(?P<user>[^:@]*)(?::(?P<password>[^@]*))?@(?P<host>[^:/]*)(?::(?P<port>\d+))?/(?P<name>[^?]+)(?:\?host=(?P<socket>.*))?",
        url,
    )
    if found is None:
        raise SystemExit(f"cannot read {url}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found["name"],
        "USER": found["user"],
        "PASSWORD": found["password"] or "",
        "HOST": unquote(found["socket"] or "") or found["host"],
        "PORT": found["port"] or "",
        "CONN_MAX_AGE": None,
    }


settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": _database()},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=False,
    LANGUAGE_CODE="zh-hans",
    STATIC_URL="static/",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)
django.setup()

from django.contrib import admin  # noqa: E402 - only after the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402


class Office(models.Model):
    """Who a row belongs to."""

    name = models.CharField(max_length=200)

    class Meta:
        """The table is filled by the bench."""

        app_label, db_table = "auth", "desk_office"

    def __str__(self) -> str:
        return self.name


def thing(number: int) -> tuple[type, type]:
    """Make one of the models and its child."""
    meta = type("Meta", (), {"app_label": "auth", "db_table": f"desk_thing_{number:04}"})
    values = {
        "__module__": __name__,
        "Meta": meta,
        "unit": models.ForeignKey(Office, models.CASCADE, null=True, blank=True, related_name="+"),
        "name": models.CharField(max_length=200),
        "note": models.TextField(null=True, blank=True),
        "amount": models.IntegerField(null=True, blank=True),
        "day": models.DateField(null=True, blank=True),
        "twice": models.IntegerField(null=True, blank=True),
        "state": models.CharField(max_length=40, blank=True),
        "created_at": models.DateTimeField(null=True, blank=True),
    }
    parent = type(f"Thing{number:04}", (models.Model,), values)
    meta = type("Meta", (), {"app_label": "auth", "db_table": f"desk_row_{number:04}"})
    row = {
        "__module__": __name__,
        "Meta": meta,
        "parent": models.ForeignKey(parent, models.CASCADE),
        "label": models.CharField(max_length=200),
    }
    return parent, type(f"Row{number:04}", (models.Model,), row)


for _number in range(MODELS):
    _parent, _child = thing(_number)
    _inline = type("Inline", (admin.TabularInline,), {"model": _child, "extra": 1})
    admin.site.register(
        _parent,
        type(
            f"Admin{_number:04}",
            (admin.ModelAdmin,),
            {
                "list_display": [
                    "name",
                    "note",
                    "unit",
                    "amount",
                    "day",
                    "twice",
                    "state",
                    "created_at",
                ],
                "list_per_page": 20,
                "list_select_related": ["unit"],
                "list_filter": ["state"],
                "search_fields": ["name"],
                "ordering": ["-id"],
                "show_full_result_count": False,
                "raw_id_fields": ["unit"],
                "fields": ["name", "note", "amount", "day", "unit"],
                "inlines": [_inline],
            },
        ),
    )

urlpatterns = [path("admin/", admin.site.urls)]

if __name__ == "__main__":
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    from django.db import connection

    with connection.schema_editor() as editor:
        there = set(connection.introspection.table_names())
        for _model in admin.site._registry:
            for _table in (_model, *(i.model for i in admin.site._registry[_model].inlines)):
                if _table.__module__ == __name__ and _table._meta.db_table not in there:
                    editor.create_model(_table)
        if Office._meta.db_table not in there:
            editor.create_model(Office)
    User.objects.create_superuser("admin", "a@example.org", "bench-bench")
else:
    app = get_wsgi_application()
