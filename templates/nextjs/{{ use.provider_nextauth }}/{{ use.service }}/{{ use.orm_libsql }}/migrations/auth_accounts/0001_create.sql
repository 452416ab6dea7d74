create table "auth_accounts" (
  "id" text primary key not null,
  "email" text not null unique,
  "name" text not null,
  "password_hash" text not null,
  "role" text not null,
  "created_at" text not null
) strict;
