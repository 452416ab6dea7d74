import { integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** First answers by key. Row level security without a policy: nobody but this service reads them. */
export const table = pgTable(
  'idempotency_keys',
  {
    ownerId: uuid().notNull(),
    key: text().notNull(),
    fingerprint: text().notNull(),
    status: integer(),
    body: text(),
    location: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({
      name: 'idempotency_keys_pkey',
      columns: [t.ownerId, t.key],
    }),
  ],
).enableRLS();
