/** Errors of Prisma 6 as its engines gave them, and the answers to them. `children` refer to `parents`, whose `slug_name` is unique. */
import { expect, it } from 'vitest';

import { translateDatabaseError } from '../src/api-db/errors';

function thrown(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, clientVersion: '6.19.3', ...more });
}

const known = (code: string, meta: object, message = '') =>
  thrown('PrismaClientKnownRequestError', message, { code, meta });

/** What the engine in Rust says where it has no code. */
const unknown = (code: string, message: string) =>
  thrown(
    'PrismaClientUnknownRequestError',
    '\nInvalid `prisma.parent.deleteMany()` invocation:\n\n\nError occurred during query execution:\n' +
      `ConnectorError(ConnectorError { user_facing_error: None, kind: QueryError(PostgresError { code: "${code}", ` +
      `message: "${message.replaceAll('"', '\\"')}", severity: "ERROR", detail: None, column: None, hint: None }), transient: false })`,
  );

const cause = (originalCode: string, originalMessage: string, more: object) => ({
  originalCode,
  originalMessage,
  ...more,
});

/** What a driver says. */
const driven = (code: string, meta: object, about: object) =>
  known(code, { ...meta, driverAdapterError: { name: 'DriverAdapterError', cause: about } });

const KEY = 'children_parent_id_fkey';
const RESTRICTED = `update or delete on table "parents" violates RESTRICT setting of foreign key constraint "${KEY}" on table "children"`;
const MISSING = `insert or update on table "children" violates foreign key constraint "${KEY}"`;
const TAKEN = 'duplicate key value violates unique constraint "parents_slug_name_key"';
const AWAY = { kind: 'DatabaseNotReachable', host: '127.0.0.1', port: 1 };

const taken = [409, 'slugName: already taken'];
const used = [409, 'Still used by children'];
const range = [422, 'A value is out of range'];
const away = [503, 'The database is out of reach'];

it.each([
  [taken, known('P2002', { modelName: 'Parent', target: ['slug_name'] })],
  [[409, 'label: already taken'], known('P2002', { modelName: 'Parent', target: ['title'] })],
  [[409, 'value: already taken'], known('P2002', { modelName: 'Parent', target: 'an_index' })],
  [used, known('P2003', { modelName: 'Parent', constraint: KEY })],
  [used, known('P2003', { modelName: 'Parent', field_name: `${KEY} (index)` })],
  [used, unknown('23001', RESTRICTED)],
  [[409, 'Still used by other rows'], known('P2003', { constraint: 'theirs_fkey' })],
  [[404, 'Not found'], known('P2025', { modelName: 'Parent', cause: 'No record was found.' })],
  [
    [422, 'A text is not well-formed'],
    thrown(
      'PrismaClientUnknownRequestError',
      '\nInvalid `prisma.parent.create()` invocation:\n\n\nJSON Error: unexpected end of hex escape at line 1 column 90',
    ),
  ],
  [range, known('P2000', { modelName: 'Parent', column_name: '(not available)' })],
  [range, known('P2020', { details: 'out of range' })],
  [range, unknown('22003', 'numeric field overflow')],
  [range, known('P2010', { code: '22P02', message: 'invalid input syntax for type integer: "x"' })],
  [[409, 'parentId: does not exist'], known('P2010', { code: '23503', message: MISSING })],
  [away, known('P2010', { code: '57P01', message: 'terminating connection' })],
  [away, unknown('40P01', 'deadlock detected')],
  [away, known('P2024', { modelName: 'Parent', connection_limit: 1, timeout: 10 })],
  [away, thrown('PrismaClientInitializationError', "Can't reach database server at `x`:`1`")],
  [away, thrown('PrismaClientUnknownRequestError', 'Error { kind: Closed, cause: None }')],
])('the engine in Rust: %j', says);

it.each([
  [
    taken,
    driven(
      'P2002',
      { modelName: 'Parent' },
      cause('23505', TAKEN, {
        kind: 'UniqueConstraintViolation',
        constraint: { fields: ['slug_name'] },
      }),
    ),
  ],
  [
    [409, 'Camel: already taken'],
    driven(
      'P2002',
      { modelName: 'Parent' },
      cause('23505', '', {
        kind: 'UniqueConstraintViolation',
        constraint: { fields: ['"Camel"'] },
      }),
    ),
  ],
  [
    [409, 'parentId: does not exist'],
    driven(
      'P2003',
      { modelName: 'Child' },
      cause('23503', MISSING, {
        kind: 'ForeignKeyConstraintViolation',
        constraint: { index: KEY },
      }),
    ),
  ],
  [
    used,
    thrown('DriverAdapterError', RESTRICTED, {
      cause: cause('23001', RESTRICTED, { kind: 'postgres' }),
    }),
  ],
  [
    range,
    driven('P2020', {}, cause('22003', 'out of range', { kind: 'ValueOutOfRange', cause: 'x' })),
  ],
  [range, driven('P2010', {}, cause('22P02', 'invalid input syntax', { kind: 'postgres' }))],
  [away, driven('P1001', { modelName: 'Parent' }, AWAY)],
  [away, driven('P2010', {}, AWAY)],
])('a driver: %j', says);

it.each([
  new TypeError('x is not a function'),
  known('P2022', { modelName: 'Parent', column: 'x' }),
  thrown('PrismaClientValidationError', 'Unknown argument'),
  unknown('0A000', 'cached plan must not change result type'),
  'text',
])('a fault of ours is none of theirs: %s', (error) => {
  expect(translateDatabaseError(error)).toBeUndefined();
});

function says(answer: unknown, error: Error) {
  const found = translateDatabaseError(error);
  expect([found?.statusCode, found?.message]).toEqual(answer);
}
