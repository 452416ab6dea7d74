/** What the OpenAPI document says about jobs. */
import type { z } from 'zod';

import {
  ALWAYS,
  answer,
  BODY,
  failures,
  ID,
  LOCATION,
  one,
  page,
  queryParameters,
  requestBody,
  string,
  toSchema,
  type Json,
  type More,
} from '../api/openapi';
import { typeName } from '../api/openapi-texts';
import { toStored } from './definition';

export type JobDescription = {
  name: string;
  path: string;
  /** Who may; everybody who signed in where nobody is named. */
  roles: string[];
  schemas: Record<'payload' | 'query' | 'representation', z.ZodType>;
  /** A body of POST. */
  example: Json;
};

const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  in: 'header',
  schema: { type: 'string' },
  description: 'The id of the last event that the client has seen',
};

/** The job that the example of a body becomes. */
function exampleJob({ name, example, schemas }: JobDescription): Json {
  const payload = toStored(schemas.payload.parse(example));
  return {
    id: '7d9f1c52-3a44-4b0e-8f57-1c2b6d0e9a31',
    type: name,
    status: 'processing',
    progress: 50,
    attempts: 1,
    payload,
    result: null,
    error: null,
    createdAt: '2026-03-14T09:30:00.000Z',
    startedAt: '2026-03-14T09:30:01.000Z',
    finishedAt: null,
  };
}

function describe(job: JobDescription): Json {
  const { name, path, roles, schemas } = job;
  const title = typeName(name);
  const words = name.replaceAll('_', ' ');
  const data = { $ref: `#/components/schemas/Job${title}` };
  const about = (verb: string, summary: string) => ({
    operationId: `${verb}Job${title}`,
    summary,
    tags: ['jobs'],
    ...(roles.length > 0 && { description: `For callers with the role ${roles.join(' or ')}` }),
  });
  return {
    [path]: {
      get: {
        ...about('list', `List the caller's jobs \`${words}\``),
        parameters: queryParameters(schemas.query),
        responses: {
          200: answer('Jobs', page(data)),
          ...failures(['validation', ...ALWAYS]),
        },
      },
      post: {
        ...about('start', `Start the job \`${words}\``),
        requestBody: requestBody(schemas.payload, job.example),
        responses: {
          202: answer('The job; its place is in Location', one(data), { headers: LOCATION }),
          ...failures([...BODY, ...ALWAYS]),
        },
      },
    },
    [`${path}/{id}`]: {
      get: {
        ...about('get', `Get a job \`${words}\``),
        parameters: [ID],
        responses: { 200: answer('The job', one(data)), ...failures(['not_found', ...ALWAYS]) },
      },
    },
    [`${path}/{id}/cancel`]: {
      post: {
        ...about('cancel', `Cancel a job \`${words}\``),
        parameters: [ID],
        responses: {
          200: answer('The job, which failed', one(data)),
          ...failures(['not_found', 'conflict', ...ALWAYS]),
        },
      },
    },
    [`${path}/{id}/events`]: {
      get: {
        ...about('watch', `Watch a job \`${words}\` until it has ended`),
        parameters: [ID, LAST_EVENT_ID],
        responses: {
          200: answer('Events `job`, each with the job as JSON', string, {
            type: 'text/event-stream',
          }),
          ...failures(['not_found', ...ALWAYS]),
        },
      },
    },
  };
}

export function describeJobs(jobs: JobDescription[]): More {
  const schemas = jobs.map((job) => {
    const schema = toSchema(job.schemas.representation, 'output');
    return [`Job${typeName(job.name)}`, { ...schema, examples: [exampleJob(job)] }];
  });
  return {
    tags: [{ name: 'jobs', description: 'Work that goes on after the answer' }],
    paths: Object.assign({}, ...jobs.map(describe)) as Json,
    schemas: Object.fromEntries(schemas) as Json,
  };
}
