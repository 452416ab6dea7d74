/** The fixed window as Redis runs it: KEYS[1] is the caller, ARGV the maximum and the milliseconds; the answer is how long to wait. */
export const SCRIPT = `
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if used <= tonumber(ARGV[1]) then return 0 end
return math.max(1, redis.call('PTTL', KEYS[1]))
`;
