/** The tables of better-auth. Names of properties are its own; a plugin that needs more says which. */
import { boolean, index, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';

const time = () => timestamp({ withTimezone: true });

const times = () => ({
  createdAt: time().notNull().defaultNow(),
  updatedAt: time().notNull().defaultNow(),
});

const userId = () =>
  text()
    .notNull()
    .references(() => authUser.id, { onDelete: 'cascade' });

export const authUser = pgTable(
  'auth_users',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    email: text().notNull(),
    emailVerified: boolean().notNull().default(false),
    image: text(),
    // One role or several, separated by commas. Only the server writes it.
    role: text(),
    ...times(),
  },
  (t) => [uniqueIndex('auth_users_email_key').on(t.email)],
);

export const authSession = pgTable(
  'auth_sessions',
  {
    id: text().primaryKey(),
    userId: userId(),
    token: text().notNull(),
    expiresAt: time().notNull(),
    ipAddress: text(),
    userAgent: text(),
    ...times(),
  },
  (t) => [
    uniqueIndex('auth_sessions_token_key').on(t.token),
    index('auth_sessions_user_id_idx').on(t.userId),
  ],
);

export const authAccount = pgTable(
  'auth_accounts',
  {
    id: text().primaryKey(),
    userId: userId(),
    accountId: text().notNull(),
    providerId: text().notNull(),
    accessToken: text(),
    refreshToken: text(),
    idToken: text(),
    accessTokenExpiresAt: time(),
    refreshTokenExpiresAt: time(),
    scope: text(),
    password: text(),
    ...times(),
  },
  (t) => [
    uniqueIndex('auth_accounts_provider_key').on(t.providerId, t.accountId),
    index('auth_accounts_user_id_idx').on(t.userId),
  ],
);

export const authVerification = pgTable(
  'auth_verifications',
  {
    id: text().primaryKey(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: time().notNull(),
    ...times(),
  },
  (t) => [index('auth_verifications_identifier_idx').on(t.identifier)],
);
