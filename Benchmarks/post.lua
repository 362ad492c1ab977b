-- For wrk: posts the review in the file $REVIEW again and again, and ends with one line of figures, separated by tabs:
-- requests, seconds, bytes received, failures, and the latency's 50th, 99th and 99.9th percentile in microseconds.

local file = assert(io.open(os.getenv("REVIEW"), "rb"))
wrk.body = file:read("*a")
file:close()
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

-- No `response` function: it would make wrk copy every answer into Lua. Answers are checked beside the load instead.

function done(summary, latency)
    local errors = summary.errors
    io.write(table.concat({
        "figures", summary.requests, summary.duration / 1e6, summary.bytes,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    }, "\t"), "\n")
end
