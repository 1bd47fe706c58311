-- KEYS[1] a list of groups of calls, "first last calls"; ARGV period in microseconds, count, the length of a group.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local period, count, grain = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local groups = redis.call('LRANGE', KEYS[1], 0, -1)
local used, gone, wait, first, last, calls = 0, 0, 0, 0, 0, 0
for _, group in ipairs(groups) do
  local f, l, c = string.match(group, '(%d+) (%d+) (%d+)')
  first, last, calls = tonumber(f), tonumber(l), tonumber(c)
  if last + period <= now then
    gone = gone + 1
  else
    if used == 0 then wait = last + period - now end
    used = used + calls
  end
end
if gone > 0 then redis.call('LTRIM', KEYS[1], gone, -1) end
if used >= count then return wait end
if used > 0 and now - first < grain then
  redis.call('LSET', KEYS[1], -1, string.format('%.0f %.0f %d', first, now, calls + 1))
else
  redis.call('RPUSH', KEYS[1], string.format('%.0f %.0f 1', now, now))
end
redis.call('PEXPIRE', KEYS[1], math.ceil(period / 1000) + 1)
return 0
