import nextTypescript from 'eslint-config-next/typescript';
import prettier from 'eslint-config-prettier/flat';

const config = [
  ...nextTypescript,
  prettier,
  { ignores: ['.next/', '**/generated/', 'coverage/', 'drizzle/', 'next-env.d.ts'] },
];

export default config;
