import * as cancel from '@/app/api/jobs/publish/[id]/cancel/route';
import * as events from '@/app/api/jobs/publish/[id]/events/route';
import * as item from '@/app/api/jobs/publish/[id]/route';
import * as collection from '@/app/api/jobs/publish/route';
import { enqueue, job } from '@/jobs/publish/job';
import { payload } from '@/jobs/publish/schema';
import * as coursesFactory from '../support/factories/courses';
import { jobContract } from '../support/jobs';
import { idOf } from '../support/values';

jobContract({
  path: '/api/jobs/publish',
  roles: [],
  limit: 60,
  isUnique: true,
  required: ['courseId'],
  routes: { collection, item, cancel, events },
  job,
  enqueue,
  payload,
  body: async (ownerId) => ({
    courseId: await idOf(coursesFactory.insert(ownerId)),
    audience: 'students',
  }),
  clear: async (ownerIds) => {
    await coursesFactory.clear(ownerIds);
  },
});
