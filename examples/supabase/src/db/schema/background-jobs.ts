import { sql } from 'drizzle-orm';
import {
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

import { STATUSES } from '../../lib/jobs/row';
import { identity, timestamps } from '../columns';
import { policies } from '../policies';

const moment = () => timestamp({ withTimezone: true, precision: 3 });

export const table = pgTable(
  'background_jobs',
  {
    ...identity(),
    type: text().notNull(),
    status: text({ enum: STATUSES }).notNull().default('pending'),
    payload: jsonb().notNull(),
    shape: text().notNull(),
    result: jsonb(),
    error: text(),
    attempts: integer().notNull().default(0),
    progress: integer().notNull().default(0),
    changes: integer().notNull().default(0),
    runAt: moment().notNull(),
    startedAt: moment(),
    finishedAt: moment(),
    heartbeatAt: moment(),
    token: uuid(),
    uniqueKey: text(),
    ...timestamps(),
  },
  (t) => [
    index('background_jobs_owner_created_idx').on(t.ownerId, t.createdAt, t.id),
    index('background_jobs_due_idx').on(t.type, t.status, t.runAt),
    uniqueIndex('background_jobs_unique_key_key').on(t.uniqueKey),
    check(
      'background_jobs_status_check',
      sql`${t.status} in ('pending', 'processing', 'completed', 'failed')`,
    ),
    // Browsers may watch their own jobs; nobody queues one past the API.
    ...policies({ operations: ['select'] }),
  ],
);
