/** A token bucket: it holds as many requests as a window allows, and fills up evenly. */

/** How many requests a caller may make in how many milliseconds. */
export type Allowance = { max: number; windowMs: number };

export type Count = { tokens: number; at: number; fullAt: number };

/** The bucket after one more request, and how long the caller has to wait; 0 where the request may pass. */
export function take(
  count: Count | undefined,
  { max, windowMs }: Allowance,
  now: number,
): { count: Count; waitMs: number } {
  const perMs = max / windowMs;
  const { tokens: left, at } = count ?? { tokens: max, at: now };
  const tokens = Math.min(max, left + Math.max(0, now - at) * perMs);
  const rest = tokens >= 1 ? tokens - 1 : tokens;
  return {
    count: { tokens: rest, at: now, fullAt: now + (max - rest) / perMs },
    waitMs: tokens >= 1 ? 0 : (1 - tokens) / perMs,
  };
}

/** Whether a caller with this count has a full allowance again. */
export function isOver(count: Count, now: number): boolean {
  return count.fullAt <= now;
}
