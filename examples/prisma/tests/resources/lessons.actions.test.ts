import { describeActions } from '../support/actions';
import * as factory from '../support/factories/lessons';

describeActions({
  load: () => import('@/resources/lessons/actions'),
  roles: {
    list: [],
    get: [],
    create: [],
    update: [],
    replace: [],
    remove: [],
  },
  public: false,
  limit: 60,
  factory,
});
