"""Small Next.js projects that scaffold did not make, each with a database library of its own."""

from __future__ import annotations

import json
from pathlib import Path

from tools.source import commit, git

_VERSIONS = {
    "dependencies": {"next": "16.4.5", "react": "19.3.1", "react-dom": "19.3.1"},
    "devDependencies": {
        "@types/node": "24.19.2",
        "@types/react": "19.3.0",
        "typescript": "6.0.3",
    },
}
_TSCONFIG = """{
  "compilerOptions": {
    "target": "ES2022",
    "lib": ["dom", "dom.iterable", "esnext"],
    "allowJs": true,
    "skipLibCheck": true,
    "strict": true,
    "noEmit": true,
    "esModuleInterop": true,
    "module": "esnext",
    "moduleResolution": "bundler",
    "resolveJsonModule": true,
    "isolatedModules": true,
    "jsx": "react-jsx",
    "incremental": true,
    "plugins": [{ "name": "next" }],
    "paths": { "ALIAS*": ["./SOURCE*"] }
  },
  "include": ["next-env.d.ts", "**/*.ts", "**/*.tsx", ".next/types/**/*.ts", ".next/dev/types/**/*.ts"],
  "exclude": ["node_modules"]
}
"""
_LAYOUT = """export default function Layout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
"""
_IGNORED = (
    "node_modules\n.next\nnext-env.d.ts\n*.tsbuildinfo\ncoverage\n.data\nserver.log\ngenerated\n"
)

# As create-t3-app makes it: one schema file, a prefix, no casing.
_DRIZZLE_FILE = {
    "drizzle.config.ts": """import { type Config } from "drizzle-kit";

export default {
  schema: "./src/server/db/schema.ts",
  dialect: "postgresql",
  dbCredentials: {
    url: process.env.DATABASE_URL ?? "",
  },
  tablesFilter: ["shop_*"],
} satisfies Config;
""",
    "src/server/db/index.ts": """import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";

import * as schema from "./schema";

const globalForDb = globalThis as unknown as {
  conn: postgres.Sql | undefined;
};

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is missing");

const conn = globalForDb.conn ?? postgres(url);
if (process.env.NODE_ENV !== "production") globalForDb.conn = conn;

export const db = drizzle(conn, { schema });
""",
    "src/server/db/schema.ts": """import { index, pgTableCreator } from "drizzle-orm/pg-core";

export const createTable = pgTableCreator((name) => `shop_${name}`);

export const posts = createTable(
  "post",
  (d) => ({
    id: d.integer().primaryKey().generatedByDefaultAsIdentity(),
    name: d.varchar({ length: 256 }),
  }),
  (t) => [index("name_idx").on(t.name)],
);
""",
    "src/app/layout.tsx": _LAYOUT,
    "src/app/page.tsx": """import { db } from "~/server/db";
import { posts } from "~/server/db/schema";

export const dynamic = "force-dynamic";

export default async function Home() {
  const rows = await db.select().from(posts);
  return <p>{rows.length} posts</p>;
}
""",
}
# An array, casing, another driver, no source folder, and the client in a folder `db`.
_DRIZZLE_ARRAY = {
    "drizzle.config.ts": """import { defineConfig } from 'drizzle-kit';

const config = defineConfig({
  dialect: 'postgresql',
  casing: 'snake_case',
  out: './db/migrations',
  schema: [
    './db/schema/users.ts',
    './db/schema/posts.ts',
  ],
  dbCredentials: { url: process.env.DATABASE_URL! },
});

export default config;
""",
    "db/client.ts": """import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';

import * as posts from './schema/posts';
import * as users from './schema/users';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });

export const database = drizzle({ client: pool, schema: { ...posts, ...users }, casing: 'snake_case' });
""",
    "db/schema/users.ts": """import { pgTable, text, uuid } from 'drizzle-orm/pg-core';

export const users = pgTable('users', { id: uuid().primaryKey().defaultRandom(), fullName: text() });
""",
    "db/schema/posts.ts": """import { pgTable, uuid } from 'drizzle-orm/pg-core';

import { users } from './users';

export const posts = pgTable('posts', {
  id: uuid().primaryKey().defaultRandom(),
  authorId: uuid().references(() => users.id),
});
""",
    "app/layout.tsx": _LAYOUT,
    "app/page.tsx": """import { database } from '@/db/client';
import { posts } from '@/db/schema/posts';

export const dynamic = 'force-dynamic';

export default async function Home() {
  const rows = await database.select().from(posts);
  return <p>{rows.length} posts</p>;
}
""",
}
# No library: SQL that Supabase's own tool runs, in the order of the names.
_SUPABASE = {
    "supabase/migrations/001_posts.sql": "create table public.posts (id bigint primary key);\n",
    "supabase/migrations/20270301000000_names.sql": "alter table posts add column name text;\n",
    "src/app/layout.tsx": _LAYOUT,
    "src/app/page.tsx": "export default function Home() {\n  return <p>Posts</p>;\n}\n",
}
_SUPABASE_PACKAGES = {
    "dependencies": {"@supabase/ssr": "^0.12.0", "@supabase/supabase-js": "^2.100.0"}
}
_PRISMA_PAGE = """import { MODULE } from "ALIASPATH";

export const dynamic = "force-dynamic";

export default async function Home() {
  const rows = await MODULE.order.findMany();
  return <p>{rows.length} orders</p>;
}
"""
_PRISMA_CONFIG = """import { defineConfig } from "prisma/config";

export default defineConfig({
  schema: "SCHEMA",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "" },
});
"""
_ORDER = """model Order {
  id    Int    @id @default(autoincrement())
  title String
  cents Int

  @@map("orders")
}
"""
_FIRST = """CREATE TABLE "orders" (
    "id" SERIAL NOT NULL,
    "title" TEXT NOT NULL,
    "cents" INTEGER NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);
"""
# A folder of schemas, and a client in TypeScript.
_PRISMA_FOLDER = {
    "prisma.config.ts": _PRISMA_CONFIG.replace("SCHEMA", "prisma/schema"),
    "prisma/schema/main.prisma": """generator client {
  provider = "prisma-client"
  output   = "../../src/generated/prisma"
}

datasource db {
  provider = "postgresql"
}
""",
    "prisma/schema/order.prisma": _ORDER,
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    "prisma/migrations/20260101000000_init/migration.sql": _FIRST,
    "src/lib/prisma.ts": """import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@/generated/prisma/client";

const globalForPrisma = globalThis as unknown as { prisma?: PrismaClient };

export const prisma =
  globalForPrisma.prisma ??
  new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) });

if (process.env.NODE_ENV !== "production") globalForPrisma.prisma = prisma;
""",
    "src/app/layout.tsx": _LAYOUT,
    "src/app/page.tsx": _PRISMA_PAGE.replace("MODULE", "prisma").replace(
        "ALIASPATH", "@/lib/prisma"
    ),
}
# One schema file, as create-t3-app makes it, a client outside of the source folder, and a function that makes it.
_PRISMA_FILE = {
    "prisma.config.ts": _PRISMA_CONFIG.replace("SCHEMA", "./prisma/schema.prisma"),
    "prisma/schema.prisma": f"""generator client {{
  provider        = "prisma-client"
  output          = "../generated/prisma"
  previewFeatures = ["partialIndexes"]
}}

datasource db {{
  provider = "postgresql"
}}

{_ORDER}""",
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    "prisma/migrations/20260101000000_init/migration.sql": _FIRST,
    "src/server/db.ts": """import { PrismaPg } from "@prisma/adapter-pg";

import { PrismaClient } from "../../generated/prisma/client";

const createPrismaClient = () =>
  new PrismaClient({
    adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  });

const globalForPrisma = globalThis as unknown as {
  prisma: ReturnType<typeof createPrismaClient> | undefined;
};

export const db = globalForPrisma.prisma ?? createPrismaClient();

if (process.env.NODE_ENV !== "production") globalForPrisma.prisma = db;
""",
    "src/app/layout.tsx": _LAYOUT,
    "src/app/page.tsx": _PRISMA_PAGE.replace("MODULE", "db").replace("ALIASPATH", "~/server/db"),
}
# Prisma 6 as its own guide makes it: one schema file, no config, the client in node_modules.
# This engine for queries needs no download.
_PRISMA_6 = {
    "prisma/schema.prisma": f"""generator client {{
  provider   = "prisma-client-js"
  engineType = "client"
}}

datasource db {{
  provider = "postgresql"
  url      = env("DATABASE_URL")
}}

{_ORDER}""",
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    "prisma/migrations/20260101000000_init/migration.sql": _FIRST,
    "src/lib/prisma.ts": _PRISMA_FOLDER["src/lib/prisma.ts"].replace(
        "@/generated/prisma/client", "@prisma/client"
    ),
    "src/app/layout.tsx": _LAYOUT,
    "src/app/page.tsx": _PRISMA_FOLDER["src/app/page.tsx"],
}
_PRISMA_6_PACKAGES = {
    "dependencies": {"@prisma/adapter-pg": "^6.19.0", "@prisma/client": "^6.19.0"},
    "devDependencies": {"prisma": "^6.19.0"},
}
_PRISMA_PACKAGES = {
    "dependencies": {"@prisma/adapter-pg": "^7.10.0", "@prisma/client": "^7.10.0"},
    "devDependencies": {"prisma": "^7.10.0"},
}
_DRIZZLE_PACKAGES = {
    "scripts": {"db:generate": "drizzle-kit generate", "db:migrate": "drizzle-kit migrate"},
    "dependencies": {"drizzle-orm": "^0.45.0", "pg": "^8.0.0", "postgres": "^3.4.4"},
    "devDependencies": {"@types/pg": "^8.0.0", "drizzle-kit": "^0.31.10"},
}

HOSTS = {
    "drizzle-file": ("~/", _DRIZZLE_FILE, _DRIZZLE_PACKAGES),
    "drizzle-array": ("@/", _DRIZZLE_ARRAY, _DRIZZLE_PACKAGES),
    "supabase": ("@/", _SUPABASE, _SUPABASE_PACKAGES),
    "prisma-folder": ("@/", _PRISMA_FOLDER, _PRISMA_PACKAGES),
    "prisma-file": ("~/", _PRISMA_FILE, _PRISMA_PACKAGES),
    "prisma-6": ("@/", _PRISMA_6, _PRISMA_6_PACKAGES),
}


def make_host(name: str, folder: Path) -> Path:
    """Writes a host into a git repository of its own."""
    alias, files, more = HOSTS[name]
    source = "src/" if any(path.startswith("src/") for path in files) else ""
    scripts = {"dev": "next dev", "build": "next build", "start": "next start"}
    package = {
        "name": "shop",
        "private": True,
        "scripts": {**scripts, **more.get("scripts", {})},
        **{
            section: dict(sorted({**versions, **more.get(section, {})}.items()))
            for section, versions in _VERSIONS.items()
        },
    }
    written = {
        "package.json": json.dumps(package, indent=2) + "\n",
        "tsconfig.json": _TSCONFIG.replace("ALIAS", alias).replace("SOURCE", source),
        ".gitignore": _IGNORED,
        **files,
    }
    for path, text in written.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "host")
    return folder
