import { description as coursesDescription } from './courses/openapi';
import { description as lessonsDescription } from './lessons/openapi';

/** Every resource that the OpenAPI document describes. */
export const paths = [coursesDescription, lessonsDescription];
