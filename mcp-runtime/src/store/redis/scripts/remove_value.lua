-- KEYS the values of one owner, their ends, their size; ARGV key, the size of an entry.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local alive = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or 0) > now
redis.call('DECRBY', KEYS[3], #ARGV[1] + redis.call('HSTRLEN', KEYS[1], ARGV[1]) + tonumber(ARGV[2]))
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
if redis.call('HLEN', KEYS[1]) == 0 then redis.call('DEL', KEYS[3]) end
return alive and 1 or 0
