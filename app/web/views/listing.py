"""The list of a function: what all screens begin with."""

from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.web.views.base import View


class ListView(View):
    """A list of records with state tabs, conditions, sorting, export and charts."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show the list."""
        return self.render("list.html")
