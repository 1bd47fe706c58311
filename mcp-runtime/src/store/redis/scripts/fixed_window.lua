-- KEYS[1] the calls of the current period; ARGV period in microseconds, count.
local used = tonumber(redis.call('GET', KEYS[1]) or 0)
if used >= tonumber(ARGV[2]) then return math.max(redis.call('PTTL', KEYS[1]), 0) * 1000 + 1000 end
redis.call('INCR', KEYS[1])
if used == 0 then redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[1]) / 1000)) end
return 0
