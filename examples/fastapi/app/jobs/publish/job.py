"""The job `publish`: what it takes, and how it runs."""

from app.core.jobs.definition import JobDefinition, Parent
from app.jobs.publish.payload import Payload
from app.jobs.publish.work import work
from app.models.courses import CourseRow

JOB = JobDefinition(
    name="publish",
    kind="publish",
    payload=Payload,
    shape="course_id:ref(courses) audience:enum(students,everyone)",
    work=work,
    retries=3,
    timeout=300,
    parents=[
        Parent("course_id", CourseRow),
    ],
    unique=["course_id"],
)
