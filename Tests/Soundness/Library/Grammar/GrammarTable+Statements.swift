/// Statements, and what they consist of.
extension GrammarTable {
    static let statement = GrammarTable(
        "statement", .statement,
        #"""
        30 «launch»
        16 «assignment»
        24 «compound»
        10 «way»
        8 «ordinary»
        6 «flow»
        4 «call»
        4 «idiom»
        1 «broken»
        """#)

    static let compound = GrammarTable(
        "compound", .statement,
        #"""
        6 if «condition»; then «list»fi
        6 if «condition»; then «list»else «list»fi
        2 if «condition»; then «list»elif «condition»; then «list»else «list»fi
        4 case «subject» in «pattern») «list»;; «pattern») «list»;; esac
        3 case «subject» in «pattern»|«pattern») «list»;; *) «list»;; esac
        2b case «subject» in «pattern») «list»;& «pattern») «list»;;& *) «list»;; esac
        3 for X in «words»; do «list»done
        2 for X; do «list»done
        2 while «condition»; do «list»break; done
        1 until «condition»; do «list»break; done
        1 until pg_isready; do sleep 1; done
        1 while [ $# -gt 0 ]; do «list»shift || break; done
        1b for ((I = 0; I < 2; I++)); do «list»done
        5 «condition» && «statement»
        4 «condition» || «statement»
        3 «condition» && «launch» || «statement»
        3 «ordinary» && «statement»
        2 «ordinary» || «statement»
        4 { «list»}
        4 ( «list»)
        3 «function»() { «list»}
        1b function «function» { «list»}
        2 «function»() ( «list»)
        2 «function»() { local X=«value»; «list»}
        2 «launch» &
        1b time «program»«options»
        1b ! «launch»
        1 { «list»} &
        1 «launch» | cat
        1 «ordinary» | «launch»
        1 { «list»} | cat
        1 { «list»} > log 2>&1
        1 { «list»} 3>&1
        1 case «subject» in («pattern») «list»;; esac
        1 while true; do «launch» && break; exit; done
        1 for X in 1 2; do «launch» && break; done
        1 until «launch»; do break; done
        1 if ! «launch»; then «list»fi
        1 if true; then «list»fi && «launch»
        1 [ -f ready ] || { «list»exit 1; }
        1b select X in a; do «list»done
        1b case «subject» in «pattern») «list»;;& *) «list»;; esac
        """#)

    static let flow = GrammarTable(
        "flow", .statement,
        #"""
        3 exit
        3 exit 0
        2 exit 1
        3 return
        1 return 1
        2 break
        2 continue
        1 continue 2
        2 exec celery
        1 exec sleep infinity
        1 exec
        1 exec > log
        2 :
        2 false
        1 true
        4 set -e
        1 set +e
        1 set -eu
        1 set -u
        1b set -o pipefail
        1 set -a
        1 set -n
        1 set -x
        1 set -f
        2 wait
        """#)

    static let ordinary = GrammarTable(
        "ordinary", .statement,
        #"""
        4 migrate
        2 echo starting
        2 echo uwsgi
        1 printf '%s\n' uwsgi
        1 mkdir -p logs
        1 cd logs
        1 pkill uwsgi
        1 chown uwsgi conf
        1 pip install uwsgi
        1 sleep 1
        1 celery worker
        1 gunicorn uwsgi:app
        1 touch ready
        1 cat conf
        1 : uwsgi
        1 command -v uwsgi
        1 : # uwsgi\n:
        1 sh -c 'exit 1'
        1v . ./env.sh
        1 start.sh
        1 Z=$(migrate)
        1 cat <<«end» > notes\nuwsgi '\n«end»
        """#)

    static let idiom = GrammarTable(
        "idiom", .statement,
        #"""
        3 if [ "${1#-}" != "$1" ]; then set -- uwsgi "$@"; fi; exec "$@"
        2 [ -f maintenance ] && exec sleep infinity; exec uwsgi «options»
        2 if [ "$1" = web ]; then shift; exec uwsgi «options» "$@"; fi; exec "$@"
        2 case "$1" in -*) set -- uwsgi "$@";; esac; exec "$@"
        2 if [ $# -eq 0 ]; then set -- uwsgi «options»; fi; exec "$@"
        2 CMD=${CMD:-uwsgi}; exec $CMD
        1 M=${MODE:-uwsgi}; case $M in uwsgi) exec uwsgi;; celery) exec celery;; esac
        1 if command -v uwsgi >/dev/null; then exec uwsgi; else exec gunicorn; fi
        1 migrate || exit 1; exec uwsgi «options»
        1b if [[ $1 == -* ]]; then set -- uwsgi "$@"; fi; exec "$@"
        1b [ "${1:0:1}" = - ] && set -- uwsgi "$@"; exec "$@"
        """#)

    static let broken = GrammarTable(
        "broken", .statement,
        #"""
        1s )
        1s }
        1s fi
        1s ;;
        1s '
        1s "
        1s $(
        1s `
        1s ${X
        1s {
        1s (
        1s if true; then
        1s case x in
        1s uwsgi )
        1s "${X:-'}" uwsgi
        1s ((
        1s cat <<X\nuwsgi
        1s function
        1s &&
        """#)
}
