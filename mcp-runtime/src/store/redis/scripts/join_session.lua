-- KEYS[1] a session; ARGV the instance, milliseconds. Joins the instance, and returns the fields of the session.
local all = redis.call('HGETALL', KEYS[1])
if #all == 0 or redis.call('HEXISTS', KEYS[1], '!ended') == 1 then return all end
redis.call('HSET', KEYS[1], '@' .. ARGV[1], '')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return all
