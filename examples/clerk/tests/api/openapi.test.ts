import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { GET } from '@/app/api/v1/openapi.json/route';
import * as fields from '@/lib/api/fields';
import { openApiDocument, type ResourceDescription } from '@/lib/api/openapi';
import { cursors, pages, sortBy } from '@/lib/api/query';
import { paths } from '@/resources';
import { call, type Json } from '../support/api';
import { ERRORS, SLOTS } from '../support/conventions';

const METHODS = {
  list: 'get',
  create: 'post',
  get: 'get',
  update: 'patch',
  replace: 'put',
  delete: 'delete',
};

const JOBS = '/api/v1/jobs/';

/** All values below, with where they are. */
function walk(value: unknown, visit: (key: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    visit(key, inner);
    walk(inner, visit);
  }
}

function at(document: unknown, pointer: string): unknown {
  const keys = pointer
    .replace(/^#\//, '')
    .split('/')
    .map((key) => key.replaceAll('~1', '/'));
  return keys.reduce<unknown>((value, key) => (value as Json | undefined)?.[key], document);
}

/** What has to hold of every document. */
function check(document: Json, resources: ResourceDescription[]): void {
  expect(document['openapi']).toBe('3.1.0');
  expect(document['info']).toMatchObject({
    title: expect.any(String),
    version: expect.any(String),
  });

  const ids: unknown[] = [];
  walk(document, (key, value) => {
    if (key === '$ref') expect(at(document, String(value)), String(value)).toBeDefined();
    if (key === 'operationId') ids.push(value);
  });
  expect(new Set(ids).size).toBe(ids.length);

  const documented = document['paths'] as Record<string, Record<string, Json>>;
  for (const { path, operations, public: isPublic } of resources) {
    for (const operation of operations) {
      const where = ['list', 'create'].includes(operation) ? path : `${path}/{id}`;
      const described = documented[where]?.[METHODS[operation]];
      expect(described?.['responses']).toHaveProperty(String(ERRORS.unauthorized.status));
      const parameters = (described?.['parameters'] ?? []) as Json[];
      expect(parameters.some((parameter) => parameter['in'] === 'path')).toBe(where !== path);
      const isOpen = isPublic && ['list', 'get'].includes(operation);
      expect(described?.['security']).toEqual(isOpen ? [] : undefined);
    }
  }
  const ofResources = Object.entries(documented).filter(([path]) => !path.startsWith(JOBS));
  const count = ofResources.flatMap(([, item]) => Object.keys(item)).length;
  expect(count).toBe(resources.flatMap(({ operations }) => operations).length);
}

/** A schema for each format that generators know. */
const formats = { date: fields.date, email: fields.email, uri: fields.url };

const body = z.strictObject({
  name: fields.text({ min: 1, max: 20 }),
  count: fields.bigint().nullable().default(null),
  at: fields.datetime(),
  settings: fields.json(),
});

const example: ResourceDescription = {
  name: 'examples',
  singular: 'example',
  path: '/examples',
  operations: ['list', 'get', 'create', 'update', 'replace', 'delete'],
  paginate: 'page',
  public: false,
  roles: {},
  schemas: {
    create: body,
    replace: body,
    update: body.partial(),
    query: z.strictObject({ ...pages, sort: sortBy(['name']) }),
    representation: body,
  },
  example: { name: 'One', count: '1', at: '2026-03-14T09:30:00Z', settings: {} },
};

describe('the description of the API', () => {
  it('has every resource', async () => {
    const answer = await call(GET, 'GET', '/openapi.json');
    expect(answer.status).toBe(200);
    check(answer.body as Json, paths);
  });

  for (const paginate of ['page', 'cursor', 'none'] as const) {
    it(`describes lists with \`${paginate}\``, () => {
      const query = z.strictObject(paginate === 'cursor' ? cursors : {});
      const schemas = { ...example.schemas, query };
      const resources: ResourceDescription[] = [{ ...example, paginate, schemas }];
      const document = openApiDocument(resources);
      check(document, resources);
      const [collection] = Object.values(document['paths'] as Json);
      expect(collection).toHaveProperty(['get', 'responses', '200', 'content']);
    });
  }

  it('says what is open, and what resources cannot do', () => {
    const resources: ResourceDescription[] = [
      { ...example, public: true },
      {
        ...example,
        name: 'other_ones',
        singular: 'other_one',
        path: '/others',
        operations: ['delete'],
      },
    ];
    check(openApiDocument(resources), resources);
  });

  it('says which fields are needed, and what they may be', () => {
    const document = openApiDocument([example]);
    const schema = at(document, '#/components/schemas/Example');
    expect(schema).toMatchObject({
      required: ['name', 'count', 'at', 'settings'],
      properties: { name: { type: 'string', minLength: 1, maxLength: 20 } },
      additionalProperties: false,
    });
  });

  it('has a name for the rows of errors', () => {
    const errors = { ...example, name: 'errors', singular: 'error', path: '/errors' };
    const document = openApiDocument([errors]);
    expect(at(document, '#/components/schemas/ErrorRow')).toHaveProperty('properties.name');
    expect(at(document, '#/components/schemas/Error')).not.toHaveProperty('properties.name');
  });

  it('says what an answer may be, which is less than what a body may be', () => {
    const document = openApiDocument([example]);
    const answered = at(document, '#/components/schemas/Example/properties');
    expect(answered).toMatchObject({
      count: { anyOf: [{ type: 'string', format: 'int64' }, { type: 'null' }] },
      at: { type: 'string', format: 'date-time' },
    });
    const taken = '#/paths/~1examples/post/requestBody/content/application~1json/schema';
    expect(at(document, `${taken}/properties/count`)).toMatchObject({
      anyOf: [{ anyOf: [{ type: 'integer' }, { type: 'string', format: 'int64' }] }, {}],
    });
  });

  for (const [format, make] of Object.entries(formats)) {
    it(`names the format \`${format}\``, () => {
      expect(z.toJSONSchema(make())).toMatchObject({ type: 'string', format });
    });
  }

  it('has names and examples for those who write clients', () => {
    const document = openApiDocument([example]);
    expect(at(document, '#/paths/~1examples/get')).toMatchObject({
      operationId: 'listExamples',
      summary: 'List examples',
    });
    const create = at(document, '#/paths/~1examples/post');
    expect(create).toMatchObject({ operationId: 'createExample', summary: 'Create an example' });
    const [row] = at(document, '#/components/schemas/Example/examples') as Json[];
    expect(() => body.parse(row)).not.toThrow();
  });

  it('has the shape of errors', () => {
    const schema = at(openApiDocument([]), '#/components/schemas/Error');
    const pointer = SLOTS.message.replaceAll('/', '/properties/').slice(1);
    expect(at(schema, pointer.replaceAll('properties/0', 'items'))).toEqual({ type: 'string' });
  });
});
