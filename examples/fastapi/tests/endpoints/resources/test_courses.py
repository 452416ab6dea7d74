"""What applies to `courses`."""

from ..contract import Contract, Relative, Spec, accepts, assumes, refuses, requires
from ..factories import factory_of
from ..factories.courses import FACTORY

CASES = [
    accepts("title", "x" * 1),
    accepts("title", "x" * 200),
    refuses("title", "x" * 201),
    refuses("title", ""),
    refuses("title", "\0" * 1),
    refuses("title", 7),
    refuses("title", None),
    requires("title"),
    accepts("code", "x" * 3),
    accepts("code", "x" * 12),
    refuses("code", "x" * 13),
    refuses("code", "x" * 2),
    refuses("code", "\0" * 3),
    refuses("code", 7),
    refuses("code", None),
    requires("code"),
    accepts("status", "draft"),
    accepts("status", "published"),
    refuses("status", "none of them"),
    refuses("status", 7),
    refuses("status", None),
    assumes("status", "draft"),
    accepts("starts_on", "2024-02-29"),
    refuses("starts_on", "2023-02-29"),
    refuses("starts_on", "2024-02-29T00:00:00Z"),
    refuses("starts_on", 1),
    accepts("starts_on", None),
    assumes("starts_on", None),
]


class TestCourse(Contract):
    """The promises of `courses`."""

    spec = Spec(
        name="courses",
        factory=FACTORY,
        operations=["list", "get", "create", "update", "replace", "delete"],
        paginate="page",
        public=False,
        roles={
            "list": [],
            "get": [],
            "create": [],
            "update": [],
            "replace": [],
            "delete": ["editor"],
        },
        limit=100,
        filters=["title", "code", "status", "starts_on"],
        unique=[["code"]],
        parents=[],
        children=[
            Relative(
                property="course_id",
                factory=factory_of("lessons"),
            ),
        ],
        cases=CASES,
    )
