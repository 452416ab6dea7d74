/** Row level security: what keeps owners apart where Supabase serves tables to browsers directly. */
import { sql, type SQL } from 'drizzle-orm';
import { pgPolicy } from 'drizzle-orm/pg-core';
import { anonRole, authenticatedRole } from 'drizzle-orm/supabase';

type Operation = 'select' | 'insert' | 'update' | 'delete';

type Access = {
  /** What signed-in users may do with their own rows. */
  operations: Operation[];
  /** Only with one of these roles in the token's `app_metadata`. */
  roles?: string[];
  /** Anybody may read. */
  public?: boolean;
  /** Rows with a `deleted_at` are gone. */
  softDelete?: boolean;
};

/** Supabase serves tables to browsers directly; these policies say the same there as the endpoints say here. */
export function policies({
  operations,
  roles = [],
  public: open = false,
  softDelete = false,
}: Access) {
  const alive = softDelete ? [sql`deleted_at is null`] : [];
  const allowed = all([sql`(select auth.uid()) = owner_id`, ...hasRole(roles), ...alive]);
  const owner = operations.map((operation) =>
    pgPolicy(`owner_${operation}`, {
      for: operation,
      to: authenticatedRole,
      ...(operation === 'insert' ? {} : { using: allowed }),
      ...(operation === 'insert' || operation === 'update' ? { withCheck: allowed } : {}),
    }),
  );
  if (!open) return owner;
  const anybody = pgPolicy('anybody_select', {
    for: 'select',
    to: [anonRole, authenticatedRole],
    using: softDelete ? sql`deleted_at is null` : sql`true`,
  });
  return [...owner, anybody];
}

function hasRole(roles: string[]): SQL[] {
  if (roles.length === 0) return [];
  const list = sql.raw(roles.map((role) => `'${role}'`).join(', '));
  const metadata = sql`(select auth.jwt()) -> 'app_metadata'`;
  return [sql`(${metadata} ->> 'role' in (${list}) or ${metadata} -> 'roles' ?| array[${list}])`];
}

function all(conditions: SQL[]): SQL {
  return sql.join(conditions, sql` and `);
}
