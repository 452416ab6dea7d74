"""How documents write the names of frameworks, database libraries, databases and identity providers.

Those that scaffold does not make are here as well: a document that names one does not mean any of ours.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Word(NamedTuple):
    """A value of a topic: how prose writes it, and what code shows of it (empty: nothing)."""

    value: str
    prose: str
    code: str = ""


FRAMEWORKS: Final = (
    Word(
        "nextjs",
        # An export as static files has no API.
        r"(?i:next\.?js)(?! (?:export|static))|\bNext (?:1[3-9]|App)\b|(?i:\bapp router\b)"
        r"|\bNextRe(?:sponse|quest)\b",
        r"from ['\"]next/|\bNextRe(?:sponse|quest)\b"
        r"|export (?:async )?(?:function|const) (?:GET|POST|PUT|PATCH|DELETE)\b",
    ),
    Word(
        "fastapi",
        r"(?i:\bfast ?api\b)",
        r"from fastapi\b|import fastapi|\bAPIRouter\(|= Depends\("
        r"|@(?:router|app)\.(?:get|post|put|patch|delete)\((?=[^)]*response_model)",
    ),
    Word(
        "express",
        r"\bExpress(?:\.?js|JS| \d)?\b(?!ion)|`express`|\bexpress\.js\b|\bexpress (?:app|server|router|middleware)",
        r"require\(['\"]express['\"]\)|from ['\"]express['\"]|\bexpress\(\)|\bexpress\.Router\(",
    ),
    Word(
        "nestjs",
        r"(?i:\bnest\.?js\b)",
        r"from ['\"]@nestjs/|@Controller\(|@Injectable\(\)|@Module\(",
    ),
    Word("hono", r"\bHono\b", r"from ['\"]hono|new (?:OpenAPI)?Hono\b"),
    Word(
        "fastify",
        r"(?i:\bfastify\b)",
        r"from ['\"]fastify|require\(['\"]fastify|\bfastify\.(?:get|post|register)\(",
    ),
    Word("koa", r"\bKoa(?:\.?js)?\b", r"from ['\"]koa['\"]|new Koa\("),
    Word("elysia", r"\bElysia(?:JS)?\b", r"new Elysia\("),
    Word("sveltekit", r"(?i:\bsveltekit\b)", r"@sveltejs/kit"),
    Word("nuxt", r"\bNuxt(?:\.?js)?\b|\bNitro\b", r"defineEventHandler\("),
    Word("remix", r"\bRemix\b", r"@remix-run/"),
    Word("trpc", r"\btRPC\b", r"@trpc/server|initTRPC"),
    Word("supabase-functions", r"(?i:supabase edge functions?)", r"Deno\.serve\("),
    Word("workers", r"(?i:cloudflare workers?)"),
    Word("django", r"\bDjango\b(?! Ninja)", r"from django\b|from rest_framework"),
    Word("django-ninja", r"(?i:django[- ]ninja)", r"from ninja\b"),
    Word("flask", r"\bFlask\b", r"from flask\b"),
    Word("litestar", r"\bLitestar\b", r"from litestar\b"),
    Word("aiohttp", r"\baiohttp (?:server|web)\b", r"from aiohttp import web"),
    Word(
        "spring",
        r"\bSpring(?: ?Boot| MVC| WebFlux| Framework)?\b(?! (?:cleaning|202))",
        r"@RestController|org\.springframework|@SpringBootApplication",
    ),
    Word("quarkus", r"\bQuarkus\b"),
    Word("micronaut", r"\bMicronaut\b"),
    Word("ktor", r"\bKtor\b"),
    Word(
        "aspnet",
        r"(?i:\basp\.net)|(?<![\w-])\.NET (?:Core )?\d+|\bC# (?:backend|API)|(?i:\bminimal apis?\b)",
        r"using Microsoft\.AspNetCore|WebApplication\.CreateBuilder|: IExceptionHandler\b|\[ApiController\]"
        r"|builder\.Services\.",
    ),
    Word("laravel", r"\bLaravel\b", r"use Illuminate\\"),
    Word("symfony", r"\bSymfony\b", r"use Symfony\\"),
    Word("rails", r"\bRails\b", r"ApplicationController|ActiveRecord::"),
    Word("phoenix", r"\bPhoenix\b(?=.{0,40}(?:Elixir|Ecto|LiveView))|\bElixir\b"),
    Word(
        "go",
        # "Go" is a verb, too: what follows tells.
        r"\bGo(?:lang)?\b(?= (?:\d|backend|service|server|microservice|api|API|developer|module|code|file|app"
        r"|programming|language|\(|\+|and|net/http|best|idioms|project|stdlib|1\.|with)|[,.)`|/:]|$)"
        r"|\bGolang\b|\b(?:Gin|Echo|Fiber|Chi) (?:framework|router)\b|`?net/http`?"
        r"|\bgo (?:mod|test|build|run|vet)\b",
        r"^package \w+$|func \(?\w* ?\*?\w*\)? ?\w+\(w http\.ResponseWriter|\bgin\.(?:Context|Default)"
        r"|\bgo (?:mod|build|run|test) ",
    ),
    Word(
        "rust", r"\bRust\b(?! belt)|\b(?:Axum|Actix(?:-web)?|Rocket)\b", r"use (?:axum|actix_web)::"
    ),
    Word("node", r"\bNode\.?js\b(?=.{0,25}(?:backend|API|server|service))"),
)
ORMS: Final = (
    Word("drizzle", r"(?i:\bdrizzle\b)", r"from ['\"]drizzle-orm|\bpgTable\(|\bsqliteTable\("),
    Word(
        "prisma",
        r"(?i:\bprisma\b)",
        r"@prisma/client|\bprisma\.\w+\.(?:find|create|update|delete|count|upsert)|\bprisma\.\$transaction"
        r"|\bnpx prisma\b",
    ),
    Word("libsql", r"(?i:\blibsql\b)|\bTurso\b", r"@libsql/client"),
    Word("sqlalchemy", r"(?i:\bsql ?alchemy\b)", r"from sqlalchemy\b|\bAsyncSession\b"),
    Word("sqlmodel", r"(?i:\bsqlmodel\b)", r"from sqlmodel\b"),
    Word("typeorm", r"(?i:\btypeorm\b)", r"from ['\"]typeorm|@nestjs/typeorm"),
    Word("mongoose", r"(?i:\bmongoose\b)", r"from ['\"]mongoose|mongoose\.(?:model|Schema)"),
    Word("sequelize", r"(?i:\bsequelize\b)", r"from ['\"]sequelize"),
    Word("knex", r"(?i:\bknex\b)"),
    Word("kysely", r"(?i:\bkysely\b)"),
    Word("mikro-orm", r"(?i:\bmikro-?orm\b)"),
    Word("eloquent", r"\bEloquent\b", r"extends Model\b"),
    Word("ef-core", r"(?i:\bentity framework|\bEF ?Core\b)", r"DbContext\b"),
    Word("gorm", r"\bGORM\b|\bgorm\b"),
    Word("sqlc", r"\bsqlc\b|\bpgx\b", r"\bpgx(?:pool)?\."),
    Word("hibernate", r"\bHibernate\b|\bJPA\b|\bSpring Data\b", r"JpaRepository"),
    Word("activerecord", r"\bActive ?Record\b"),
    Word("django-orm", r"(?i:\bdjango orm\b)", r"models\.Model\b"),
    Word("tortoise", r"(?i:\btortoise\b)"),
    Word("beanie", r"\bBeanie\b|\bMotor\b"),
    Word(
        "supabase-js",
        r"(?i:\bsupabase[- ]js\b|supabase (?:js )?client)",
        r"\bsupabase(?:Admin)?\s*\.from\(|@supabase/supabase-js",
    ),
    Word("diesel", r"\bDiesel\b|\bSQLx\b|\bSeaORM\b"),
    Word("ecto", r"\bEcto\b"),
    Word("none", r"(?i:\bno ORM\b)"),
)
DATABASES: Final = (
    Word("postgres", r"(?i:\bpostgres(?:ql)?\b)"),
    Word("sqlite", r"(?i:\bsqlite\b)|\bTurso\b"),
    Word("mysql", r"(?i:\bmysql\b)|\bMariaDB\b"),
    Word("mongodb", r"(?i:\bmongo(?:db)?\b)"),
    Word("firestore", r"\bFirestore\b"),
    Word("dynamodb", r"\bDynamoDB\b"),
    Word("sqlserver", r"(?i:\bsql server\b|\bmssql\b)"),
    Word("d1", r"\bCloudflare D1\b|\bD1 database\b"),
)
PROVIDERS: Final = (
    Word(
        "supabase",
        r"(?i:\bsupabase auth\b|\bauth(?:entication)?\b.{0,30}\bsupabase\b"
        r"|\bsupabase\b.{0,24}\b(?:auth|jwt|session|getUser)\w*)|@supabase/ssr|supabase\.auth\b",
        r"supabase\.auth\.|@supabase/(?:ssr|auth-helpers)|createServerClient\(",
    ),
    Word(
        "nextauth",
        r"(?i:\bnext-?auth(?:\.?js)?\b)|\bAuth\.js\b",
        r"from ['\"](?:next-auth|@auth/)|getServerSession\(",
    ),
    Word("clerk", r"\bClerk\b|@clerk/", r"@clerk/"),
    Word(
        "better-auth", r"(?i:\bbetter[- ]?auth\b)", r"from ['\"]better-auth|auth\.api\.getSession"
    ),
    Word("auth0", r"\bAuth0\b"),
    Word("firebase", r"(?i:\bfirebase (?:auth|admin)\w*)", r"firebase_admin|firebase-admin"),
    Word("cognito", r"\bCognito\b"),
    Word("keycloak", r"\bKeycloak\b"),
    Word("okta", r"\bOkta\b"),
    Word("lucia", r"\bLucia\b"),
    Word("workos", r"\bWorkOS\b"),
    Word(
        "passport",
        r"(?i:\bpassport\.?js\b)|\bwith Passport\b|`passport`",
        r"passport-jwt|@nestjs/passport",
    ),
    Word("sanctum", r"\bSanctum\b"),
    Word(
        "jwt",
        # Tokens that the service signs by itself.
        r"(?i:\bjwts?\b.{0,60}\b(?:access|refresh|bcrypt|argon2|HS256|RS256|expir\w+|sign(?:s|ed|ing)?|issue\w*|cookie|secret)\b"
        r"|\b(?:access|refresh) tokens?\b.{0,40}\bjwts?\b|\bown jwt\b|\bjsonwebtoken\b|\bpython-jose\b"
        r"|\bpyjwt\b|\brefresh tokens?\b)",
        r"jwt\.(?:encode|sign)\(|create_access_token|from jose import|OAuth2PasswordBearer",
    ),
    Word("session-cookie", r"(?i:\bsession[- ]cookies?\b)"),
    # Tokens of anybody.
    Word("tokens", r"(?i:\bjwts?\b)"),
)
