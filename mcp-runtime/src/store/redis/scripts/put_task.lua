-- KEYS[1] a task; ARGV record, whether it has ended, the instance that runs it, milliseconds. A task ends once.
if redis.call('HGET', KEYS[1], 'ended') == '1' then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[1], 'ended', ARGV[2], 'instance', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
