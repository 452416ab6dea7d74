import type { Mirror } from '@/lib/files/mirror';
import { files as coursesFiles } from './courses/repository';

/** Every resource whose rows are also files. */
export const mirrored: Mirror[] = [coursesFiles];
