"""What applies to `lessons`."""

from ..contract import Contract, Relative, Spec, accepts, assumes, refuses, requires
from ..factories import factory_of
from ..factories.lessons import FACTORY

CASES = [
    refuses("course_id", "x"),
    refuses("course_id", -7),
    refuses("course_id", None),
    requires("course_id"),
    accepts("title", "x" * 1),
    accepts("title", "x" * 200),
    refuses("title", "x" * 201),
    refuses("title", ""),
    refuses("title", "\0" * 1),
    refuses("title", 7),
    refuses("title", None),
    requires("title"),
    accepts("position", 1),
    accepts("position", 2147483647),
    refuses("position", 0),
    refuses("position", 2147483648),
    refuses("position", 1.5),
    refuses("position", "1"),
    refuses("position", True),
    refuses("position", None),
    assumes("position", 1),
    accepts("body", ""),
    accepts("body", "x" * 100000),
    refuses("body", "x" * 100001),
    refuses("body", "\0" * 1),
    refuses("body", 7),
    accepts("body", None),
    assumes("body", None),
]


class TestLesson(Contract):
    """The promises of `lessons`."""

    spec = Spec(
        name="lessons",
        factory=FACTORY,
        operations=["list", "get", "create", "update", "replace", "delete"],
        paginate="cursor",
        public=False,
        roles={
            "list": [],
            "get": [],
            "create": [],
            "update": [],
            "replace": [],
            "delete": [],
        },
        limit=100,
        filters=["course_id", "title", "position"],
        unique=[],
        parents=[
            Relative(
                property="course_id",
                factory=factory_of("courses"),
                public=False,
            ),
        ],
        children=[],
        cases=CASES,
    )
