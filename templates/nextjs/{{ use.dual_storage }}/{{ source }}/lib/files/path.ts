/** Where the file of a row lies: a pattern such as `reports/{school}/{year}`, filled with the row's values. */
import { apiError } from '../api/errors';

/** What a placeholder stands for, and how JSON calls it. */
export type Named = { property: string; value: unknown };

const PLACEHOLDER = /\{(\w+)\}/g;

/** Separators, control characters, and names that hide or lead elsewhere. */
const FORBIDDEN = /^\.|[/\\\p{Cc}]/u;

/** What file systems allow. */
const MAX_BYTES = 255;

/** The folder that holds all of them. */
export function filesRoot(): string {
  return process.env['DATA_ROOT'] || 'data';
}

/** The path below the root. A value that cannot name a folder is the caller's mistake. */
export function pathOf(
  pattern: string,
  values: Record<string, Named>,
  id: string | number,
): string {
  const folders = pattern.split('/').map((part) => {
    let first: Named | undefined;
    const folder = part.replace(PLACEHOLDER, (_, field: string) => {
      const named = values[field] ?? { property: field, value: undefined };
      first ??= named;
      return nameOf(named);
    });
    if (first && Buffer.byteLength(folder) > MAX_BYTES) throw refusal(first);
    return folder;
  });
  return [...folders, `${id}.json`].join('/');
}

/** Accents stay; the two ways that Unicode has to write them become one. */
function nameOf(named: Named): string {
  const { value } = named;
  const text = value instanceof Date ? value.toISOString() : String(value ?? '');
  const name = text.normalize('NFC').trim();
  if (name === '' || FORBIDDEN.test(name)) throw refusal(named);
  return name;
}

function refusal({ property }: Named) {
  const message = 'Cannot be the name of a folder';
  return apiError('validation', `${property}: ${message}`, {
    details: { field: property, issues: [{ field: property, message }] },
  });
}
