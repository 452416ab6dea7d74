/** What Supabase has and plain PostgreSQL lacks: roles, and functions that tell policies who is asking. */

const SETUP = `
do $$
declare
  name text;
begin
  foreach name in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin', name);
      exception when duplicate_object or unique_violation then
        null;
      end;
    end if;
  end loop;

  -- On Supabase these exist, and are not ours to change.
  if to_regprocedure('auth.uid()') is null then
    create schema if not exists auth;
    create or replace function auth.jwt() returns jsonb language sql stable as
      'select nullif(current_setting(''request.jwt.claims'', true), '''')::jsonb';
    create or replace function auth.uid() returns uuid language sql stable as
      'select (auth.jwt() ->> ''sub'')::uuid';
    grant usage on schema public, auth to anon, authenticated;
    grant all on all tables in schema public to anon, authenticated;
    alter default privileges in schema public grant all on tables to anon, authenticated;
  end if;
end
$$;
`;

export async function prepareLocalSupabase(
  execute: (statements: string) => Promise<unknown>,
): Promise<void> {
  await execute(SETUP);
}
