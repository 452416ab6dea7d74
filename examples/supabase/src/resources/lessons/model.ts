import type { Id } from '@/lib/api/id';

/** A row as the service holds it. */
export type Row = {
  id: Id;
  ownerId: string;
  courseId: Id;
  title: string;
  position: number;
  body: string | null;
  createdAt: Date;
  updatedAt: Date;
};
