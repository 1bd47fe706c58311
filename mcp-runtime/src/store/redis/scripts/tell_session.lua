-- KEYS[1] a session; ARGV the instance, the prefix of channels, a message for the others, a step and its two
-- arguments. An instance without a subscription is removed. Without channels, as in a cluster, the other instances are
-- returned, and are signalled by the caller after the step.
local others = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  local name = string.sub(field, 2)
  if string.sub(field, 1, 1) == '@' and name ~= ARGV[1] then
    if ARGV[2] == '' then
      others[#others + 1] = name
    elseif redis.call('PUBLISH', ARGV[2] .. name, ARGV[3]) == 0 then
      redis.call('HDEL', KEYS[1], field)
    end
  end
end
if ARGV[4] == 'end' then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], ARGV[5], '')
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
elseif redis.call('HEXISTS', KEYS[1], '@' .. ARGV[1]) == 1 then
  if ARGV[4] == 'set' then redis.call('HSET', KEYS[1], ARGV[5], ARGV[6]) end
  if ARGV[4] == 'remove' then redis.call('HDEL', KEYS[1], ARGV[5]) end
end
return others
