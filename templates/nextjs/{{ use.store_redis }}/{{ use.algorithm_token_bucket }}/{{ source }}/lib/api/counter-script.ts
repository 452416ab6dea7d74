/** The bucket as Redis runs it: KEYS[1] is the caller, ARGV the maximum and the milliseconds; the answer is how long to wait. */
export const SCRIPT = `
local max, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local saved = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(saved[1]) or max, tonumber(saved[2]) or now
tokens = math.min(max, tokens + math.max(0, now - at) * max / window)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = math.ceil((1 - tokens) * window / max) end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(window))
return wait
`;
