// The whole round of a client that openapi-typescript and openapi-fetch make: create to delete, errors, pages.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';

import type { paths } from './schema.ts';

const client = createClient<paths>({
  baseUrl: process.env['SERVICE_URL'] ?? '',
  headers: { Authorization: `Bearer ${process.env['TOKEN'] ?? ''}` },
});

const made = await client.POST('NOTES', { body: { name: 'first' } });
assert.equal(made.response.status, 201);
assert.ok(made.data);
const row = made.data.DATA;
assert.equal(row.name, 'first');
const path = { params: { path: { ID: row.id } } };

const got = await client.GET('NOTES/{ID}', path);
assert.deepEqual(got.data?.DATA, row);

const changed = await client.PATCH('NOTES/{ID}', { ...path, body: { name: 'second' } });
assert.equal(changed.data?.DATA.name, 'second');

const replaced = await client.PUT('NOTES/{ID}', { ...path, body: { name: 'third' } });
assert.equal(replaced.data?.DATA.name, 'third');

for (const name of ['one', 'two', 'three']) {
  await client.POST('EVENTS', { body: { name } });
}
const page = await client.GET('EVENTS', { params: { query: { limit: 2 } } });
assert.ok(page.data);
assert.deepEqual(page.data.ITEMS.map((event) => event.name), ['three', 'two']);
const cursor: string | null = page.data.NEXT;
assert.ok(cursor);
const rest = await client.GET('EVENTS', { params: { query: { limit: 2, cursor } } });
assert.equal(rest.data?.ITEMS[0]?.name, 'one');

const wrong = await client.POST('NOTES', { body: { name: 'x'.repeat(201) } });
assert.equal(wrong.response.status, INVALID);
assert.equal(wrong.error?.CODE, 'INVALID_CODE');

const gone = await client.DELETE('NOTES/{ID}', path);
assert.equal(gone.response.status, 204);
const missing = await client.GET('NOTES/{ID}', path);
assert.equal(missing.response.status, 404);
assert.equal(missing.error?.CODE, 'MISSING_CODE');
