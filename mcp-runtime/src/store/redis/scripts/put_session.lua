-- KEYS[1] a session; ARGV the instance, milliseconds, names and values of fields. Returns whether it is open.
if redis.call('HEXISTS', KEYS[1], '!ended') == 1 then return 0 end
redis.call('HSET', KEYS[1], '@' .. ARGV[1], '')
for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
