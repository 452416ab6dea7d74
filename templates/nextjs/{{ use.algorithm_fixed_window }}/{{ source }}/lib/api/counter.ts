/** A fixed window: so many requests, and then none until the window is over. */

/** How many requests a caller may make in how many milliseconds. */
export type Allowance = { max: number; windowMs: number };

export type Count = { used: number; endsAt: number };

/** The count after one more request, and how long the caller has to wait; 0 where the request may pass. */
export function take(
  count: Count | undefined,
  { max, windowMs }: Allowance,
  now: number,
): { count: Count; waitMs: number } {
  const { used, endsAt } =
    count && count.endsAt > now ? count : { used: 0, endsAt: now + windowMs };
  return { count: { used: used + 1, endsAt }, waitMs: used < max ? 0 : endsAt - now };
}

/** Whether a caller with this count has a full allowance again. */
export function isOver(count: Count, now: number): boolean {
  return count.endsAt <= now;
}
