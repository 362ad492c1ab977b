-- For wrk: posts the reviews in the files $REVIEWS, separated by spaces, in turn, again and again, and ends with one line
-- of figures, separated by tabs: requests, seconds, bytes received, failures, and the latency's 50th, 99th and 99.9th
-- percentile in microseconds. With $PAUSE_MS each connection waits that long, on average, before each request.

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

local bodies = {}
for path in os.getenv("REVIEWS"):gmatch("%S+") do
    local file = assert(io.open(path, "rb"))
    bodies[#bodies + 1] = file:read("*a")
    file:close()
end

-- One review is one request, which wrk then sends without asking for it each time.
wrk.body = bodies[1]
if #bodies > 1 then
    local requests, turn = {}, 0

    function init()
        for i, body in ipairs(bodies) do requests[i] = wrk.format(nil, nil, nil, body) end
    end

    function request()
        turn = turn % #requests + 1
        return requests[turn]
    end
end

local pause = tonumber(os.getenv("PAUSE_MS"))
if pause then
    -- wrk takes whole milliseconds.
    function delay() return math.floor(pause + math.random()) end
end

-- No `response` function: it would make wrk copy every answer into Lua. Answers are checked beside the load instead.

function done(summary, latency)
    local errors = summary.errors
    io.write(table.concat({
        "figures", summary.requests, summary.duration / 1e6, summary.bytes,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    }, "\t"), "\n")
end
