/** The rows of each resource that keeps files are files, as its answers are JSON. */
import { describe, expect, it } from 'vitest';

import { mirrored } from '@/resources/mirrored';
import { files as coursesFiles, remove as coursesRemove } from '@/resources/courses/repository';
import { toJson as coursesJson } from '@/resources/courses/schema';
import * as coursesFactory from '../support/factories/courses';
import { keepsFiles } from '../support/files';

describe('a JSON file', () => {
  it('is kept for every row of some resources', () => {
    expect(mirrored.map(({ name }) => name)).toEqual(['courses']);
  });

  keepsFiles({
    factory: coursesFactory,
    toJson: coursesJson,
    files: coursesFiles,
    remove: coursesRemove,
  });
});
