"""The workbench: what waits for a person, how their cases stand, where they go most often."""

from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name


class Workbench(BaseView):
    """Home of everybody who has signed in."""

    route_base = ""
    default_view = "home"

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show the workbench."""
        return str(self.render_template("workbench.html", title="工作台", bench=None))
