"""FastAPI projects with users of their own, as files: after what public templates look like."""

from __future__ import annotations

from typing import Final

# After fastapi/full-stack-fastapi-template: SQLModel, a session that blocks, `CurrentUser`, Alembic, strict settings.
BLOCKING: Final = {
    "app/__init__.py": "",
    "app/config.py": """\
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    # What it does not know in its file is an error: that is what pydantic-settings does by itself.
    model_config = SettingsConfigDict(env_file=".env")

    SECRET_KEY: str = "a secret of the shop, which is long enough"
    SQL_URL: str = "sqlite:///shop.db"


settings = Settings()
""",
    "app/models.py": """\
import uuid

from sqlmodel import Field, SQLModel


class UserBase(SQLModel):
    email: str = Field(unique=True, max_length=255)
    is_superuser: bool = False


class User(UserBase, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    password: str


class Item(SQLModel, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    title: str
    owner_id: uuid.UUID = Field(foreign_key="user.id")
""",
    "app/db.py": """\
from sqlmodel import create_engine

from app.config import settings

engine = create_engine(settings.SQL_URL)
""",
    "app/api/__init__.py": "",
    "app/api/deps.py": """\
import uuid
from collections.abc import Generator
from typing import Annotated

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Session

from app.config import settings
from app.db import engine
from app.models import User

oauth2 = OAuth2PasswordBearer(tokenUrl="/login")


def get_db() -> Generator[Session, None, None]:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_db)]
TokenDep = Annotated[str, Depends(oauth2)]


def get_current_user(session: SessionDep, token: TokenDep) -> User:
    try:
        claims = jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        headers = {"WWW-Authenticate": 'Bearer realm="shop"'}
        raise HTTPException(401, "Could not validate credentials", headers)
    user = session.get(User, uuid.UUID(claims["sub"]))
    if not user:
        raise HTTPException(404, "User not found")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


def get_current_active_superuser(current_user: CurrentUser) -> User:
    if not current_user.is_superuser:
        raise HTTPException(403, "Not enough privileges")
    return current_user
""",
    "app/api/routes.py": """\
import uuid

import jwt
from fastapi import APIRouter, Depends, HTTPException
from sqlmodel import select

from app.api.deps import CurrentUser, SessionDep, get_current_active_superuser
from app.config import settings
from app.models import Item, User, UserBase

router = APIRouter()


@router.post("/login")
def login(session: SessionDep, email: str, password: str) -> str:
    user = session.exec(select(User).where(User.email == email)).first()
    if not user or user.password != password:
        raise HTTPException(400, "Incorrect email or password")
    return jwt.encode({"sub": str(user.id)}, settings.SECRET_KEY, algorithm="HS256")


@router.get("/me", response_model=UserBase)
def me(user: CurrentUser) -> User:
    return user


@router.post("/items")
def create_item(session: SessionDep, user: CurrentUser, title: str) -> uuid.UUID:
    item = Item(title=title, owner_id=user.id)
    session.add(item)
    session.commit()
    return item.id


@router.get("/users", dependencies=[Depends(get_current_active_superuser)])
def users(session: SessionDep) -> int:
    return len(session.exec(select(User)).all())
""",
    "app/main.py": """\
from fastapi import FastAPI

from app.api.routes import router

app = FastAPI(title="Shop")
app.include_router(router)
""",
    "tests/__init__.py": "",
    "tests/test_shop.py": """\
import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, SQLModel, create_engine
from sqlmodel.pool import StaticPool

from app.api.deps import get_db
from app.main import app
from app.models import User


@pytest.fixture
def client():
    engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(User(email="a@example.com", password="horse"))
        session.commit()
        app.dependency_overrides[get_db] = lambda: session
        yield TestClient(app)
        app.dependency_overrides.clear()


def test_items(client):
    token = client.post("/login?email=a@example.com&password=horse").json()
    mine = {"Authorization": f"Bearer {token}"}
    assert client.get("/me", headers=mine).json()["email"] == "a@example.com"
    assert client.post("/items?title=First", headers=mine).status_code == 200
    assert client.get("/users", headers=mine).status_code == 403
    assert client.get("/me").json() == {"detail": "Not authenticated"}


def test_the_tables_are_those_of_the_shop():
    assert set(SQLModel.metadata.tables) == {"user", "item"}
""",
    "alembic.ini": "[alembic]\nscript_location = migrations\npath_separator = os\n",
    "migrations/script.py.mako": "",
    "migrations/env.py": """\
from alembic import context

from app.db import engine
from app.models import SQLModel

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
    with context.begin_transaction():
        context.run_migrations()
""",
    "migrations/versions/first.py": """\
import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "user",
        sa.Column("email", sa.String(255), nullable=False, unique=True),
        sa.Column("is_superuser", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("password", sa.String(), nullable=False),
    )
    op.create_table(
        "item",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("user.id"), nullable=False),
    )
""",
    "pyproject.toml": """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["fastapi", "sqlmodel", "pyjwt", "pydantic-settings", "alembic", "uvicorn", "python-multipart"]

[project.optional-dependencies]
dev = ["pytest", "httpx2"]

[tool.setuptools]
packages = ["app"]

[tool.pytest.ini_options]
testpaths = ["tests"]
""",
    ".gitignore": "__pycache__\n.pytest_cache\n*.egg-info\n*.db\n.env\n",
}

# Users with whole numbers, roles in an enum, a session that is asynchronous, tables made at the start.
ASYNC: Final = {
    "app/__init__.py": "",
    "app/models.py": """\
from enum import Enum

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Role(str, Enum):
    clerk = "clerk"
    editor = "editor"


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    role: Mapped[Role] = mapped_column(default=Role.clerk)
""",
    "app/db.py": """\
from collections.abc import AsyncGenerator

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///shop.db")
async_session = async_sessionmaker(engine)


async def get_session() -> AsyncGenerator[AsyncSession, None]:
    async with async_session() as session:
        yield session
""",
    "app/deps.py": '''\
from fastapi import Depends, HTTPException, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .db import get_session
from .models import User


async def get_current_user(request: Request, session: AsyncSession = Depends(get_session)):
    """The user that the header names; a shop that trusts its gateway."""
    name = request.headers.get("X-User", "")
    user = await session.scalar(select(User).where(User.name == name))
    if user is None:
        raise HTTPException(401, "Who are you?", {"WWW-Authenticate": "Gateway"})
    return user


async def visitor(request: Request, session: AsyncSession = Depends(get_session)) -> User | None:
    """The same, where a page is for everybody."""
    name = request.headers.get("X-User", "")
    return await session.scalar(select(User).where(User.name == name))
''',
    "app/main.py": """\
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from sqlalchemy import select

from .db import async_session, engine
from .deps import get_current_user
from .models import Base, Role, User


@asynccontextmanager
async def lifespan(_app: FastAPI):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with async_session() as session:
        if not (await session.scalars(select(User))).all():
            session.add_all([User(name="alice"), User(name="eve", role=Role.editor)])
            await session.commit()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/me")
async def me(user: User = Depends(get_current_user)):
    return user.name


@app.get("/role")
async def role(user: User = Depends(get_current_user)):
    return user.role
""",
    "requirements.txt": "fastapi\nuvicorn\nsqlalchemy[asyncio]\naiosqlite\n",
    "requirements-dev.txt": "-r requirements.txt\npytest\nhttpx2\n",
    "pytest.ini": "[pytest]\n",
    ".gitignore": "__pycache__\n.pytest_cache\n*.db\n.env\n",
}
