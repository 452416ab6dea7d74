/** What is kept of a request with an Idempotency-Key. */

export type Answer = { status: number; body: string; location: string | null };

/** A request that came with the key before; without an answer while it is not done. */
export type Claim = { fingerprint: string; answer: Answer | undefined };

/** First answers are kept for a day; a request that never ended (the process died) blocks its key for a minute. */
export const KEPT_MS = 86_400_000;
export const BLOCKED_MS = 60_000;
