"""Documents that are made for tests: from sentences that teams write, and from what breaks readers."""

from __future__ import annotations

from hypothesis import strategies as st

SENTENCES = (
    "Use FastAPI with SQLAlchemy.",
    "Framework: Next.js 16 with Prisma, not Drizzle",
    "You are the engineer of an Express API.",
    "All routes have the prefix `/api/v1`.",
    "GET /v2/boats lists them; `/api/boats` is old",
    "Rate limit: 100 requests per minute per user",
    "Login: 5 attempts per 15 minutes",
    "Default page size 20, max 100, cursor pagination or pages",
    "Coverage of 85 %, bcrypt with 12 rounds, body limit 2 MB",
    "Roles: admin, clerk and guest",
    "Reject with `422 VALIDATION_FAILED`, then `NOT_FOUND`",
    "Never use soft delete; ids are UUIDs, JSON is snake_case",
    "POST takes an `Idempotency-Key`; router → service → repository",
    "Respond `{ success: true, data, meta: { page, limit, total } }`",
    'Errors: { "error": { "code": "X", "message": "…", "details?": [] } }',
    "RFC 9457 `application/problem+json`",
)
HEADINGS = ("Stack", "Error format", "Expertise", "Do not", "Output format", "Rules", "Pagination")
CODES = (
    'return res.status(200).json({ success: true, data: boat, "meta": { "next": "c" } });',
    "limit: int = Query(20, ge=1, le=100)",
    "const limiter = { windowMs: 15 * 60 * 1000, max: 100 };",
    "limit: z.coerce.number().max(100).default(20)",
    "class BoatResponse(BaseModel):\n    data: Boat\n    total: int\n",
    "type R = { ok: boolean; data?: T[]; error?: { code: string, message } }",
    "@router.get('/v1/boats', response_model=BoatOut)",
    "enum Role { ADMIN, CLERK }",
    "try { if (x) { throw new ApiError({ code: 'X', message }) } }",
)
SCRAPS = st.sampled_from(
    [*"{}[]()<>`'\"|#*_:;,?-\n\\/$%0é日 ", "```", "---\n", "<example>", "\n\n- "]
)
_BLOCKS = st.one_of(
    st.sampled_from(SENTENCES),
    st.sampled_from(SENTENCES).map(lambda text: f"- {text}"),
    st.sampled_from(HEADINGS).map(lambda text: f"## {text}"),
    st.tuples(st.sampled_from(["ts", "py", "json", ""]), st.sampled_from(CODES)).map(
        lambda block: f"```{block[0]}\n{block[1]}\n```"
    ),
    st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=2).map(
        lambda row: f"| a | b |\n|---|---|\n| {row[0].replace('|', '')} | {row[1]} |"
    ),
    st.text(max_size=40),
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document of sentences, headings, tables and code, some of it broken."""
    text = "\n\n".join(draw(st.lists(_BLOCKS, max_size=14)))
    if draw(st.booleans()):
        text = f"---\nname: api\ndescription: {draw(st.sampled_from(SENTENCES))}\n---\n{text}"
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(SCRAPS) + text[place + draw(st.integers(0, 6)) :]
    return text
