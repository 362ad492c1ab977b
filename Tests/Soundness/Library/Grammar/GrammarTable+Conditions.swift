/// What is asked, and what a `case` compares.
extension GrammarTable {
    static let condition = GrammarTable(
        "condition", .condition,
        #"""
        4 [ -f maintenance ]
        3 [ ! -f ready ]
        2 [ -d logs ]
        1 test -e ready
        3 [ -n "$X" ]
        3 [ -z "$X" ]
        2 [ "$X" = uwsgi ]
        3 [ "$MODE" = web ]
        1 [ "$MODE" != web ]
        2 [ -n "${MODE:-}" ]
        1 [ "${MODE:-web}" = web ]
        2 [ "$1" = web ]
        1 [ "${1#-}" != "$1" ]
        2 [ $# -gt 0 ]
        1 [ "$#" -eq 0 ]
        1 [ "$FD" -gt 1024 ]
        1 [ a = a -a "$X" = web ]
        1 [ -n "$X" -o -n "$MODE" ]
        1 [ -x uwsgi ]
        1 [ $X ]
        1 [ "$(id -u)" = 0 ]
        2 grep -q web conf
        2 nc -z db 5432
        2 curl -sf localhost
        1 pgrep celery
        2 command -v uwsgi >/dev/null
        2 command -v gunicorn >/dev/null 2>&1
        1 which uwsgi >/dev/null
        1 type uwsgi >/dev/null
        3 migrate
        2 true
        2 false
        1 cd logs
        1 read X
        1 ! «condition»
        1 «call»
        1 «condition» && «condition»
        1 «condition» || «condition»
        1 ( «list»)
        1 { «list»}
        2 «launch»
        1 X=«value»
        2b [[ $X == uw* ]]
        2b [[ -n $X && $MODE == web ]]
        1b [[ $1 =~ ^- ]]
        1b [[ $X =~ ^uw ]]
        1b [[ -v MODE ]]
        1b (( FD > 1024 ))
        1b [[ ! -f ready ]]
        """#)

    static let subject = GrammarTable(
        "subject", .word,
        #"""
        3 web
        3 "$X"
        2 $X
        4 "$MODE"
        1 $MODE
        3 "$1"
        1 uwsgi
        2 "${MODE:-web}"
        1 "${X:-uwsgi}"
        1 $#
        1 "$(echo web)"
        1 "${1#-}"
        1 $((1 + 1))
        1 "$FD"
        1 ''
        """#)

    static let pattern = GrammarTable(
        "pattern", .word,
        #"""
        4 web
        3 uwsgi
        2 uw*
        2 *
        2 [a-z]*
        1 [!a]*
        1 ?wsgi
        2 w[e]b
        1 "$X"
        1 $X
        2 -*
        1 *wsgi
        1 ''
        1 2
        1 [[:alpha:]]*
        1bs @(web|uwsgi)
        """#)
}
