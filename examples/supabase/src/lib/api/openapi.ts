/** OpenAPI 3.1 from the Zod schemas of the resources. */
import { z } from 'zod';

import { failure } from './envelope';
import { ERRORS, type ErrorKind } from './errors';
import { JSON_VALUE } from './fields';
import { idText } from './id';
import { componentName, nameOf, parameterText } from './openapi-texts';

export type Json = Record<string, unknown>;
export type Operation = 'list' | 'get' | 'create' | 'update' | 'replace' | 'delete';

export type ResourceDescription = {
  name: string;
  singular: string;
  path: string;
  operations: Operation[];
  paginate: 'page' | 'cursor' | 'none';
  public: boolean;
  /** Who may; everybody who signed in where an operation names nobody. */
  roles: Partial<Record<Operation, string[]>>;
  schemas: Record<'create' | 'replace' | 'update' | 'query' | 'representation', z.ZodType>;
  /** A body of POST. */
  example: Json;
};

/** The id of a user in examples. */
export const USER = '2bd806c9-7f0e-40af-aa1f-c3328fa763a9';
const ERROR_TYPE = 'application/json';
const integer = { type: 'integer' };
export const string = { type: 'string' };
export const ALWAYS: ErrorKind[] = [
  'unauthorized',
  'forbidden',
  'rate_limited',
  'internal',
  'unavailable',
];
export const BODY: ErrorKind[] = ['validation', 'malformed', 'too_large', 'media_type', 'conflict'];
export const KEYED: ErrorKind[] = ['idempotency'];

export function one(data: Json): Json {
  return {
    type: 'object',
    required: ['success', 'data'],
    properties: {
      success: { const: true },
      data,
    },
  };
}

export function page(data: Json): Json {
  return {
    type: 'object',
    required: ['success', 'data', 'meta'],
    properties: {
      success: { const: true },
      data: { type: 'array', items: data },
      meta: {
        type: 'object',
        required: ['pagination'],
        properties: {
          pagination: {
            type: 'object',
            required: ['page', 'limit', 'total'],
            properties: {
              page: integer,
              limit: integer,
              total: integer,
            },
          },
        },
      },
    },
  };
}

export function cursorPage(data: Json): Json {
  return {
    type: 'object',
    required: ['success', 'data', 'meta'],
    properties: {
      success: { const: true },
      data: { type: 'array', items: data },
      meta: {
        type: 'object',
        required: ['pagination'],
        properties: {
          pagination: {
            type: 'object',
            required: ['limit', 'next'],
            properties: {
              limit: integer,
              next: { type: ['string', 'null'] },
            },
          },
        },
      },
    },
  };
}

function error(): Json {
  return {
    type: 'object',
    required: ['success', 'error'],
    properties: {
      success: { const: false },
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: {
          code: string,
          message: string,
        },
      },
    },
  };
}

export const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  description: 'The same key again gives the first answer again: a new one for each request.',
};

export function toSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): Json {
  const result: Json = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  Reflect.deleteProperty(result, '$schema');
  return result;
}

export const ID = {
  name: 'id',
  in: 'path',
  required: true,
  schema: toSchema(idText(), 'output'),
};

type Details = { type?: string; headers?: Json; example?: unknown };

export function answer(description: string, schema: Json, details: Details = {}): Json {
  const { type = 'application/json', headers, example } = details;
  return {
    description,
    headers: { 'X-Request-Id': { schema: string }, ...headers },
    content: { [type]: { schema, ...(example !== undefined && { example }) } },
  };
}

export const LOCATION = { Location: { schema: { type: 'string', format: 'uri-reference' } } };
const RETRY_AFTER = {
  'Retry-After': { schema: { type: 'integer' }, description: 'Seconds until another try' },
};

function failed(status: string, codes: string): Json {
  const isLater = [ERRORS.rate_limited.status, ERRORS.unavailable.status].some(
    (later) => String(later) === status,
  );
  return answer(
    codes,
    { $ref: '#/components/schemas/Error' },
    {
      type: ERROR_TYPE,
      headers: isLater ? RETRY_AFTER : {},
      example: failure({
        code: codes.replace(/,.*/, ''),
        message: 'What is wrong, for people to read',
        status: Number(status),
        requestId: '0b5f4a4e-6c1d-4c7e-9f0e-2f6d3b8a9c10',
      }),
    },
  );
}

export function failures(kinds: ErrorKind[]): Json {
  const codes: Record<string, string> = {};
  for (const kind of kinds) {
    const { code, status } = ERRORS[kind];
    const before = codes[status];
    codes[status] = before === undefined ? code : `${before}, ${code}`;
  }
  return Object.fromEntries(
    Object.entries(codes).map(([status, text]) => [status, failed(status, text)]),
  );
}

export function queryParameters(schema: z.ZodType): Json[] {
  const { properties = {} } = toSchema(schema, 'output') as { properties?: Record<string, Json> };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    description: parameterText(name),
    schema: property,
    ...('items' in property && { explode: false }),
  }));
}

/** A change of one field. */
function firstOf(example: Json): Json {
  return Object.fromEntries(Object.entries(example).slice(0, 1));
}

export function requestBody(schema: z.ZodType, example: Json): Json {
  const content = { schema: toSchema(schema), example };
  return { required: true, content: { 'application/json': content } };
}

/** The row that the example of a body becomes. */
function exampleRow({ schemas, example }: ResourceDescription): Json {
  const made: Json = {
    id: '7d9f1c52-3a44-4b0e-8f57-1c2b6d0e9a31',
    ownerId: USER,
    ...example,
    version: 1,
    createdAt: '2026-03-14T09:30:00.000Z',
    updatedAt: '2026-03-14T09:30:00.000Z',
  };
  const { properties } = toSchema(schemas.representation, 'output') as { properties: Json };
  return Object.fromEntries(Object.keys(properties).map((name) => [name, made[name]]));
}

function describe(resource: ResourceDescription): Record<string, Json> {
  const { singular, path, schemas, paginate, example } = resource;
  const data = { $ref: `#/components/schemas/${componentName(singular)}` };
  const single = { 200: answer('The row', one(data)) };
  const many = {
    page: page(data),
    cursor: cursorPage(data),
    none: one({ type: 'array', items: data }),
  };
  const reads = resource.public ? { security: [] } : {};
  const all: Record<Operation, [string, string, Json]> = {
    list: [
      path,
      'get',
      {
        ...reads,
        parameters: queryParameters(schemas.query),
        responses: { 200: answer('Rows', many[paginate]), ...failures(['validation', ...ALWAYS]) },
      },
    ],
    create: [
      path,
      'post',
      {
        parameters: [IDEMPOTENCY_KEY],
        requestBody: requestBody(schemas.create, example),
        responses: {
          201: answer('The new row; its place is in Location', one(data), { headers: LOCATION }),
          ...failures([...BODY, ...KEYED, ...ALWAYS]),
        },
      },
    ],
    get: [
      `${path}/{id}`,
      'get',
      {
        ...reads,
        parameters: [ID],
        responses: { ...single, ...failures(['not_found', ...ALWAYS]) },
      },
    ],
    update: [
      `${path}/{id}`,
      'patch',
      {
        parameters: [ID],
        requestBody: requestBody(schemas.update, firstOf(example)),
        responses: { ...single, ...failures(['not_found', ...BODY, ...ALWAYS]) },
      },
    ],
    replace: [
      `${path}/{id}`,
      'put',
      {
        parameters: [ID, IDEMPOTENCY_KEY],
        requestBody: requestBody(schemas.replace, example),
        responses: { ...single, ...failures(['not_found', ...BODY, ...KEYED, ...ALWAYS]) },
      },
    ],
    delete: [
      `${path}/{id}`,
      'delete',
      {
        parameters: [ID],
        responses: {
          204: { description: 'Gone' },
          ...failures(['not_found', 'conflict', ...ALWAYS]),
        },
      },
    ],
  };
  const result: Record<string, Json> = {};
  for (const operation of resource.operations) {
    const [where, method, description] = all[operation];
    result[where] = {
      ...result[where],
      [method]: { ...nameOf(operation, resource), ...description },
    };
  }
  return result;
}

/** Parts of the document that are not about a resource. */
export type More = { tags: Json[]; paths: Json; schemas: Json };

export function openApiDocument(
  resources: ResourceDescription[],
  more: More = { tags: [], paths: {}, schemas: {} },
): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'academy',
      version: '1.0.0',
      license: { name: 'Private', identifier: 'LicenseRef-Private' },
    },
    servers: [{ url: '/', description: 'Where this document is' }],
    tags: [
      ...resources.map(({ name }) => ({
        name,
        description: `Everything about ${name.replaceAll('_', ' ')}`,
      })),
      ...more.tags,
    ],
    security: [{ bearer: [] }],
    paths: Object.assign({}, ...resources.map(describe), more.paths) as Json,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: {
        Error: error(),
        Json: JSON_VALUE,
        ...Object.fromEntries(
          resources.map((resource) => [
            componentName(resource.singular),
            {
              ...toSchema(resource.schemas.representation, 'output'),
              examples: [exampleRow(resource)],
            },
          ]),
        ),
        ...more.schemas,
      },
    },
  };
}
