create table "background_jobs" (
  "id" text primary key not null,
  "owner_id" text not null,
  "type" text not null,
  "status" text not null check ("status" in ('pending', 'processing', 'completed', 'failed')),
  "payload" text not null check (json_valid("payload")),
  "shape" text not null,
  "result" text check (json_valid("result")),
  "error" text,
  "attempts" integer not null,
  "progress" integer not null,
  "changes" integer not null,
  "run_at" text not null,
  "started_at" text,
  "finished_at" text,
  "heartbeat_at" text,
  "token" text,
  "unique_key" text,
  "created_at" text not null,
  "updated_at" text not null
) strict;

create index "background_jobs.created_at" on "background_jobs" ("owner_id", "created_at", "id");
create index "background_jobs.due" on "background_jobs" ("type", "status", "run_at");
create unique index "background_jobs.unique_key" on "background_jobs" ("unique_key");
