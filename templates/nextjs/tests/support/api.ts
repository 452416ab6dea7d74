/** Calls route handlers as Next.js does: with a request, and the parameters of the path. */
import { expect } from 'vitest';

import { ERROR_TYPE, ERRORS, SLOTS } from './conventions';

export type Json = Record<string, unknown>;

export type Handler = (
  request: Request,
  context: { params: Promise<{ id: string }> },
) => Promise<Response>;

export type Options = {
  id?: string;
  token?: string | undefined;
  query?: Record<string, string>;
  /** Text is sent as it is, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
};

export type Answer = { status: number; headers: Headers; text: string; body: unknown };

export async function call(
  handler: Handler,
  method: string,
  path: string,
  { id = '', token, query = {}, body, headers = {} }: Options = {},
): Promise<Answer> {
  const search = new URLSearchParams(query).toString();
  const request = new Request(`http://localhost:3000${path}${search && '?'}${search}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const response = await handler(request, { params: Promise.resolve({ id }) });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

/** What the body holds in this place; undefined where it has no such place. */
export function slot(answer: Answer, name: keyof typeof SLOTS): unknown {
  const pointer: string | undefined = SLOTS[name];
  if (pointer === undefined) return undefined;
  const keys = pointer.split('/').slice(1);
  return keys.reduce<unknown>((value, key) => (value as Json | undefined)?.[key], answer.body);
}

/** The one result of an answer that has this status. */
export function dataOf(answer: Answer, status = 200): Json {
  expect(answer.status, answer.text).toBe(status);
  return slot(answer, 'data') as Json;
}

/** An error as the team agreed on it, with `message` somewhere in its message. */
export function expectError(answer: Answer, kind: keyof typeof ERRORS, message = ''): void {
  const { code, status } = ERRORS[kind];
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get('content-type')).toContain(ERROR_TYPE);
  if (SLOTS.code !== undefined) expect(slot(answer, 'code')).toBe(code);
  else expect(answer.headers.get('x-error-code')).toBe(code);
  expect(slot(answer, 'message')).toContain(message);
  expect(answer.headers.get('x-request-id')).toBeTruthy();
}
