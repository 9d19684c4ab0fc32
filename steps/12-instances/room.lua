-- The rules of the room. Redis runs this as a whole, with nothing else in between: what it reads is still true when it
-- writes. Each request of an instance becomes one entry of the log, which says what was decided.

local LENGTH = 10000 -- So many entries are kept, and a few more.
local ACCOUNTS = 100000 -- The most accounts.

local instance, number, client, what, name, hash = unpack(ARGV)
local me = instance .. '/' .. client

local function append(who, what, text)
  local offset = redis.call('INCR', 'chat:length')
  redis.call('XADD', 'chat:log', 'MAXLEN', '~', LENGTH, offset .. '-0', 'who', who, 'what', what, 'text', text)
end

-- Takes somebody out of the room. Returns false if it was not there.
local function remove(who)
  local its = redis.call('HGET', 'chat:people', who)
  if its and redis.call('HGET', 'chat:names', its:lower()) == who then
    redis.call('HDEL', 'chat:names', its:lower())
  end
  return redis.call('HDEL', 'chat:people', who) == 1
end

-- Calls the client by another name from now on.
local function call(name)
  remove(me)
  redis.call('HSET', 'chat:names', name:lower(), me)
  redis.call('HSET', 'chat:people', me, name)
end

-- Who has the name, if it is somebody else.
local function owner()
  local its = redis.call('HGET', 'chat:names', name:lower())
  return its and its ~= me and its
end

-- Instances come, show that they live, and are declared gone.

if what == 'start' then
  redis.call('HSET', 'chat:instances', instance, 0)
  redis.call('HSET', 'chat:beats', instance, 0)
  redis.call('XLEN', 'chat:log') -- Fails if this Redis is too old for streams.
  return { redis.call('GET', 'chat:length') or '0', redis.call('HGETALL', 'chat:people') }
elseif what == 'look' then
  return { redis.call('GET', 'chat:length') or '0', redis.call('HGETALL', 'chat:people') }
end

local last = redis.call('HGET', 'chat:instances', instance)
if not last then
  return 'gone'
elseif what == 'beat' then
  redis.call('HINCRBY', 'chat:beats', instance, 1)
  return redis.call('HGETALL', 'chat:beats')
elseif what == 'bury' then
  local dead, beat = name, hash
  if redis.call('HGET', 'chat:beats', dead) == beat then
    redis.call('HDEL', 'chat:instances', dead)
    redis.call('HDEL', 'chat:beats', dead)
    for _, who in ipairs(redis.call('HKEYS', 'chat:people')) do
      if who:match('^(%d+)/') == dead then
        remove(who)
      end
    end
    append(dead .. '/0', 'gone', '')
  end
  return 'ok'
end

-- A request whose answer was lost is sent again. What was decided the first time is in the log.

if tonumber(number) <= tonumber(last) then
  return 'again'
end
redis.call('HSET', 'chat:instances', instance, number)

local account = name and redis.call('HGET', 'chat:accounts', name:lower())
if what == 'join' then
  redis.call('HSET', 'chat:people', me, name)
  append(me, 'joined', name)
elseif redis.call('HEXISTS', 'chat:people', me) == 0 then
  append(me, 'nobody', '') -- Somebody else has taken its place.
elseif what == 'say' then
  append(me, 'said', name)
elseif what == 'leave' then
  remove(me)
  append(me, 'left', '')
elseif what == 'rename' and redis.call('HGET', 'chat:people', me) == name then
  append(me, 'yours', name)
elseif what == 'login' then
  if not account or account:match(' (.*)') ~= hash then
    append(me, 'wrong', '')
  else
    local old = owner()
    if old then
      remove(old)
      append(old, 'replaced', '')
    end
    local its = account:match('(.*) ')
    call(its)
    append(me, 'logged in', its)
  end
elseif account then
  append(me, 'registered before', name)
elseif owner() then
  append(me, 'taken', name)
elseif what == 'rename' then
  call(name)
  append(me, 'renamed', name)
elseif redis.call('HLEN', 'chat:accounts') >= ACCOUNTS then
  append(me, 'full', '')
else
  redis.call('HSET', 'chat:accounts', name:lower(), name .. ' ' .. hash)
  call(name)
  append(me, 'registered', name)
end
return 'ok'
