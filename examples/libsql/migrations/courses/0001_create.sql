create table "courses" (
  "id" text primary key not null,
  "owner_id" text not null,
  "title" text not null check (length("title") between 1 and 200),
  "code" text not null check (length("code") between 1 and 12),
  "status" text not null default 'draft' check ("status" in ('draft', 'published')),
  "starts_on" text,
  "created_at" text not null,
  "updated_at" text not null
) strict;

create index "courses.created_at" on "courses" ("owner_id", "created_at", "id");
create unique index "courses.code" on "courses" ("code");
create index "courses.status" on "courses" ("status");
