create table "auth_users" (
  "id" text primary key not null,
  "name" text not null,
  "email" text not null,
  "email_verified" integer not null default 0,
  "image" text,
  -- One role or several, separated by commas. Only the server writes it.
  "role" text,
  "created_at" text not null,
  "updated_at" text not null
) strict;

create unique index "auth_users_email_key" on "auth_users" ("email");

create table "auth_sessions" (
  "id" text primary key not null,
  "user_id" text not null references "auth_users" ("id") on delete cascade,
  "token" text not null,
  "expires_at" text not null,
  "ip_address" text,
  "user_agent" text,
  "created_at" text not null,
  "updated_at" text not null
) strict;

create unique index "auth_sessions_token_key" on "auth_sessions" ("token");
create index "auth_sessions_user_id_idx" on "auth_sessions" ("user_id");

create table "auth_accounts" (
  "id" text primary key not null,
  "user_id" text not null references "auth_users" ("id") on delete cascade,
  "account_id" text not null,
  "provider_id" text not null,
  "access_token" text,
  "refresh_token" text,
  "id_token" text,
  "access_token_expires_at" text,
  "refresh_token_expires_at" text,
  "scope" text,
  "password" text,
  "created_at" text not null,
  "updated_at" text not null
) strict;

create unique index "auth_accounts_provider_key" on "auth_accounts" ("provider_id", "account_id");
create index "auth_accounts_user_id_idx" on "auth_accounts" ("user_id");

create table "auth_verifications" (
  "id" text primary key not null,
  "identifier" text not null,
  "value" text not null,
  "expires_at" text not null,
  "created_at" text not null,
  "updated_at" text not null
) strict;

create index "auth_verifications_identifier_idx" on "auth_verifications" ("identifier");
