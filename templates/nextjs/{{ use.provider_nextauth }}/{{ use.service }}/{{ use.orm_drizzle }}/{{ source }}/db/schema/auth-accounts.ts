import { pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';

/** People who may sign in with a password. */
export const table = pgTable(
  'auth_accounts',
  {
    id: text().primaryKey(),
    email: text().notNull(),
    name: text().notNull(),
    passwordHash: text().notNull(),
    role: text().notNull(),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [uniqueIndex('auth_accounts_email_key').on(t.email)],
);
