-- Sends one request over and over, with values that change: the path and the body are templates, made by measuring/kinds.py,
-- with $row$ (1 to BENCH_ROWS), $start$ (0 to BENCH_ROWS - 100) and $database$ (0000 to BENCH_DATABASES - 1, one after the
-- other). All requests are made before the first is sent, so that the load takes little of the cores that it shares.
local rows = tonumber(os.getenv("BENCH_ROWS"))
local databases = tonumber(os.getenv("BENCH_DATABASES"))
local path, body = os.getenv("BENCH_PATH"), os.getenv("BENCH_BODY")
local headers = { ["Content-Type"] = "application/json" }
if os.getenv("BENCH_AUTHORIZATION") then
  headers["Authorization"] = os.getenv("BENCH_AUTHORIZATION")
end

local MADE = 10000
local threads, made, at = 0, {}, 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init()
  math.randomseed(number)
  -- Each thread begins elsewhere in the line of databases.
  local first = math.random(databases)
  for i = 1, MADE do
    local values = {
      row = math.random(rows),
      start = math.random(rows - 99) - 1,
      database = string.format("%04d", (first + i) % databases),
    }
    made[i] = wrk.format("POST", path:gsub("%$(%w+)%$", values), headers, (body:gsub("%$(%w+)%$", values)))
  end
end

function request()
  at = at % MADE + 1
  return made[at]
end
