-- KEYS the values of one owner, their ends, their size; ARGV key, value, milliseconds, the maximum size, the size of an entry.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local function size(key)
  local length = redis.call('HSTRLEN', KEYS[1], key)
  if redis.call('HEXISTS', KEYS[1], key) == 0 then return 0 end
  return #key + length + tonumber(ARGV[5])
end
local used = tonumber(redis.call('GET', KEYS[3]) or 0)
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  used = used - size(key)
  redis.call('HDEL', KEYS[1], key)
  redis.call('ZREM', KEYS[2], key)
end
local after = used - size(ARGV[1]) + #ARGV[1] + #ARGV[2] + tonumber(ARGV[5])
local fits = after <= tonumber(ARGV[4])
if fits then
  used = after
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[1])
end
local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
if last then
  redis.call('SET', KEYS[3], used)
  for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, string.format('%.0f', tonumber(last))) end
else
  redis.call('DEL', KEYS[3])
end
return fits and 1 or 0
