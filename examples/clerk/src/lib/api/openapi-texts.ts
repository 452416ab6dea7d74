/** What people and generators read in the OpenAPI document beside the schemas: names, summaries, descriptions. */
import type { Operation, ResourceDescription } from './openapi';

const VERBS: Record<Operation, string> = {
  list: 'List',
  get: 'Get',
  create: 'Create',
  update: 'Change',
  replace: 'Replace',
  delete: 'Delete',
};

const PARAMETERS: Record<string, string> = {
  page: 'The page, from 1',
  cursor: 'What the page before gave for the next one; nothing for the first page',
  limit: 'The most rows of a page',
  sort: 'Names of fields; `-` before a name turns its order around',
};

/** The name of a type: `custom_nodes` as `CustomNodes`. */
export function typeName(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What the schema of a row is called, apart from those that all resources share. */
export function componentName(singular: string): string {
  const name = typeName(singular);
  return name === 'Error' || name === 'Json' ? `${name}Row` : name;
}

/** What an operation is called, and who may ask for it: `createNote`, "Create a note". */
export function nameOf(operation: Operation, { name, singular, roles }: ResourceDescription) {
  const noun = operation === 'list' ? name : singular;
  const article = operation === 'list' ? '' : /^[aeio]/.test(noun) ? 'an ' : 'a ';
  return {
    operationId: operation + typeName(noun),
    summary: `${VERBS[operation]} ${article}${noun.replaceAll('_', ' ')}`,
    tags: [name],
    ...(roles[operation]?.length && {
      description: `For callers with the role ${roles[operation].join(' or ')}`,
    }),
  };
}

/** What a parameter of a list does. */
export function parameterText(name: string): string {
  return PARAMETERS[name] ?? `Only rows with this \`${name}\``;
}
