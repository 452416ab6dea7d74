import { expect, it } from 'vitest';

import type { Payload } from '@/jobs/publish/schema';
import { work } from '@/jobs/publish/work';

it('does the work of the job', async () => {
  const told: number[] = [];
  const job = {
    id: '1' as never,
    ownerId: 'somebody',
    key: 'one',
    attempt: 1,
    signal: new AbortController().signal,
    progress: async (percent: number) => {
      told.push(percent);
    },
  };
  const payload = {} as Payload;
  expect(await work(payload, job)).toEqual(payload);
  expect(told).toEqual([50]);
});
