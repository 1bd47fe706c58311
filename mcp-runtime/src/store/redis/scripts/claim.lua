-- KEYS[1] the leases of running tasks by their ends; ARGV milliseconds, ids.
local t = redis.call('TIME')
local ends = t[1] * 1000 + math.floor(t[2] / 1000) + tonumber(ARGV[1])
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], ends, ARGV[i]) end
return #ARGV - 1
