import { describeActions } from '../support/actions';
import * as factory from '../support/factories/courses';

describeActions({
  load: () => import('@/resources/courses/actions'),
  roles: {
    list: [],
    get: [],
    create: [],
    update: [],
    replace: [],
    remove: ['editor'],
  },
  public: false,
  limit: 60,
  factory,
});
