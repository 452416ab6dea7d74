-- needs: courses
create table "lessons" (
  "id" text primary key not null,
  "owner_id" text not null,
  "course_id" text not null references "courses" ("id") on delete restrict,
  "title" text not null check (length("title") between 1 and 200),
  "position" integer not null default 1 check ("position" >= 1),
  "body" text check (length("body") <= 100000),
  "created_at" text not null,
  "updated_at" text not null
) strict;

create index "lessons.created_at" on "lessons" ("owner_id", "created_at", "id");
create index "lessons.course_id" on "lessons" ("course_id");
