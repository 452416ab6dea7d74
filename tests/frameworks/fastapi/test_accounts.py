"""Which attribute of somebody else's user is the id, and which says the roles."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scaffold.frameworks.fastapi.accounts import Account, account_of
from scaffold.frameworks.fastapi.modules import Modules

HEAD = "import enum\nimport uuid\nfrom enum import Enum\nfrom typing import *\n"


def account(root: Path, body: str, given: str = "User") -> Account | None:
    (root / "models.py").write_text(HEAD + body)
    modules = Modules(root)
    module = modules.module("models")
    assert module is not None
    return account_of(modules, module, ast.parse(given, mode="eval").body)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("id: int", "id:int"),
        ("id: Mapped[int] = mapped_column(primary_key=True)", "id:int"),
        ("id: Mapped[uuid.UUID]", "id:uuid"),
        ("id: 'Optional[int]' = Field(default=None, primary_key=True)", "id:int"),
        ("id: int | None = None", "id:int"),
        ("id: None | str", "id:str"),
        ("id = Column(Integer, primary_key=True)", "id:int"),
        ("id = sa.Column(sa.String(36), primary_key=True)", "id:str"),
        ("id = Column(UUID(as_uuid=True), primary_key=True)", "id:uuid"),
        ("id = Column(UUID(as_uuid=False), primary_key=True)", "id:str"),
        ("id: Mapped[Key]", "id:int"),
        ("id: UserId", "id:str"),
        ("uuid: UUID", "uuid:uuid"),
        ("sub: str\n    name: str", "sub:str"),
        ("@property\n    def id(self) -> int: ...", "id:int"),
        ("id: Annotated[UUID4, Field()]", "id:uuid"),
        ("id: datetime", None),
        ("id: float\n    sub: str", None),
        ("name: str", None),
    ],
)
def test_the_id(tmp_path: Path, line: str, wanted: str | None) -> None:
    body = f"Key = Annotated[int, mapped_column()]\nUserId = NewType('UserId', str)\nclass User:\n    {line}\n"
    found = account(tmp_path, body)
    assert (found.id if found else None) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("is_superuser: bool", "is_superuser:flag"),
        ("is_admin = Column(Boolean)", "is_admin:flag"),
        ("role: str", "role:one"),
        ("role: Literal['a', 'b']", "role:one"),
        ("role: Mapped[Role]", "role:enum"),
        ("role: Word", "role:one"),
        ("role = Column(Enum(Word))", "role:one"),
        ("role = Column(String(20))", "role:one"),
        ("roles: list[str]", "roles:many"),
        ("roles = Column(JSON)", "roles:many"),
        ("roles: Mapped[list[Group]] = relationship()", None),
        ("role: Mapped[Group] = relationship()", None),
        ("role = relationship('Group')", None),
        ("role: Mapped[Group]\n    is_superuser: bool", "is_superuser:flag"),
    ],
)
def test_the_roles(tmp_path: Path, line: str, wanted: str | None) -> None:
    body = (
        "class Role(Enum): ...\nclass Word(str, Enum): ...\nclass Group: ...\n"
        f"class User:\n    id: int\n    {line}\n"
    )
    assert account(tmp_path, body) == Account("id:int", wanted)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("str", ":str"), ("uuid.UUID", ":uuid"), ("int | None", ":int"), ("'User'", "id:int")],
)
def test_what_the_dependency_gives(tmp_path: Path, given: str, wanted: str) -> None:
    found = account(tmp_path, "class Base:\n    id: int\nclass User(Base): ...\n", given)
    assert found is not None
    assert found.id == wanted


def test_a_mapping_has_keys(tmp_path: Path) -> None:
    found = account(tmp_path, "class User(TypedDict):\n    sub: str\n    roles: list[str]\n")
    assert found == Account("[sub]:str", "[roles]:many")


@pytest.mark.parametrize(
    ("base", "wanted"),
    [
        ("SQLAlchemyBaseUserTableUUID, Base", "id:uuid"),
        ("SQLAlchemyBaseUserTable[int], Base", "id:int"),
        ("User", None),
        ("Elsewhere", None),
    ],
)
def test_bases(tmp_path: Path, base: str, wanted: str | None) -> None:
    found = account(tmp_path, f"class User({base}): ...\n")
    assert (found.id if found else None) == wanted
