import type { Id } from '@/lib/api/id';

export const statusValues = ['draft', 'published'] as const;
export type StatusValue = (typeof statusValues)[number];

/** A row as the service holds it. */
export type Row = {
  id: Id;
  ownerId: string;
  title: string;
  code: string;
  status: StatusValue;
  startsOn: string | null;
  createdAt: Date;
  updatedAt: Date;
};
