/** Where the file of a row lies: a pattern such as `reports/{school}/{year}`, filled with properties of the row. */
import { apiError } from '../api/errors';

const PLACEHOLDER = /\{(\w+)\}/g;

/** Separators, control characters, and names that hide or lead elsewhere. */
const FORBIDDEN = /^\.|[/\\\p{Cc}]/u;

/** What file systems allow. */
const MAX_BYTES = 255;

/** The folder that holds all of them. */
export function filesRoot(): string {
  const { DATA_ROOT } = process.env;
  return DATA_ROOT || 'data';
}

/** The path below the root. A value that cannot name a folder is the caller's mistake. */
export function pathOf(pattern: string, row: { id: string | number }): string {
  const values = new Map<string, unknown>(Object.entries(row));
  const folders = pattern.split('/').map((part) => {
    const folder = part.replace(PLACEHOLDER, (_, property: string) =>
      nameOf(property, values.get(property)),
    );
    const [, first] = part.match(/\{(\w+)\}/) ?? [];
    if (first && Buffer.byteLength(folder) > MAX_BYTES) throw refusal(first);
    return folder;
  });
  return [...folders, `${row.id}.json`].join('/');
}

/** Accents stay; the two ways that Unicode has to write them become one. */
function nameOf(property: string, value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : String(value ?? '');
  const name = text.normalize('NFC').trim();
  if (name === '' || FORBIDDEN.test(name)) throw refusal(property);
  return name;
}

function refusal(property: string) {
  const message = 'Cannot be the name of a folder';
  return apiError('validation', `${property}: ${message}`, {
    details: { field: property, issues: [{ field: property, message }] },
  });
}
