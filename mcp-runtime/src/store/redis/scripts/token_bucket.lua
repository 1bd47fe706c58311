-- GCRA: KEYS[1] the theoretical arrival time of the next call; ARGV period and count, burst. Microseconds of the server's clock.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local every, burst = tonumber(ARGV[1]) / tonumber(ARGV[2]), tonumber(ARGV[3])
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local new = tat + every
local early = new - burst * every
if early > now then return math.ceil(early - now) end
redis.call('SET', KEYS[1], string.format('%.2f', new), 'PX', math.ceil((new - now) / 1000))
return 0
