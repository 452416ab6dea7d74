create table "idempotency_keys" (
  "owner_id" text not null,
  "key" text not null,
  "fingerprint" text not null,
  "status" integer,
  "body" text,
  "location" text,
  "created_at" text not null,
  primary key ("owner_id", "key")
) strict;
