'use server';

/** For pages and forms: what the routes do, by the same rules. */
import { revalidatePath } from 'next/cache';
import type { z } from 'zod';

import { act, type Result, type Rules } from '@/lib/api/action';
import { validate } from '@/lib/api/body';
import { itemId, type Id } from '@/lib/api/id';
import * as repository from './repository';
import * as schema from './schema';

type Item = ReturnType<typeof schema.toJson>;

const PATH = '/api/lessons';
const ITEM = '/api/lessons/:id';

/** Which pages show the rows is not known here, so all are made again. */
function changed(): void {
  revalidatePath('/', 'layout');
}

const LIST: Rules = {
  method: 'GET',
  path: PATH,
  window: '1m',
  max: 60,
};

/** `query` holds what the query string of the route would. */
export async function list(
  query: Record<string, string> = {},
): Promise<Result<{ items: Item[]; next: string | null }>> {
  return act(LIST, async (user) => {
    const given = validate(schema.query, query);
    const { items, next } = await repository.list(user.id, given);
    return { items: items.map(schema.toJson), next };
  });
}

const GET: Rules = {
  method: 'GET',
  path: ITEM,
  window: '1m',
  max: 60,
};

export async function get(id: Id): Promise<Result<Item>> {
  return act(GET, async (user) => {
    const row = await repository.get(user.id, itemId({ id: String(id) }));
    return schema.toJson(row);
  });
}

const CREATE: Rules = {
  method: 'POST',
  path: PATH,
  window: '1m',
  max: 60,
};

export async function create(input: z.input<typeof schema.create>): Promise<Result<Item>> {
  return act(CREATE, async (user) => {
    const row = await repository.create(user.id, validate(schema.create, input));
    changed();
    return schema.toJson(row);
  });
}

const UPDATE: Rules = {
  method: 'PATCH',
  path: ITEM,
  window: '1m',
  max: 60,
};

export async function update(id: Id, input: z.input<typeof schema.update>): Promise<Result<Item>> {
  return act(UPDATE, async (user) => {
    const given = validate(schema.update, input);
    const row = await repository.change(user.id, itemId({ id: String(id) }), given);
    changed();
    return schema.toJson(row);
  });
}

const REPLACE: Rules = {
  method: 'PUT',
  path: ITEM,
  window: '1m',
  max: 60,
};

export async function replace(
  id: Id,
  input: z.input<typeof schema.replace>,
): Promise<Result<Item>> {
  return act(REPLACE, async (user) => {
    const given = validate(schema.replace, input);
    const row = await repository.change(user.id, itemId({ id: String(id) }), given);
    changed();
    return schema.toJson(row);
  });
}

const REMOVE: Rules = {
  method: 'DELETE',
  path: ITEM,
  window: '1m',
  max: 60,
};

export async function remove(id: Id): Promise<Result<null>> {
  return act(REMOVE, async (user) => {
    await repository.remove(user.id, itemId({ id: String(id) }));
    changed();
    return null;
  });
}
