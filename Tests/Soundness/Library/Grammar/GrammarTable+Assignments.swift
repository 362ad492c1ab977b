/// How variables, parameters and limits come to their values.
extension GrammarTable {
    static let assignment = GrammarTable(
        "assignment", .statement,
        #"""
        8 X=«value»
        3 Y=«value»
        2 CMD=«value»
        2 MODE=«value»
        2 FD=«limit»
        3 OPTS="--max-fd 4096"
        1 OPTS="$OPTS -M"
        2 export X=«value»
        3 UWSGI_MAX_FD=«limit»
        5 export UWSGI_MAX_FD=«limit»
        1 export UWSGI_MAX_FD
        2 unset UWSGI_MAX_FD
        1 unset X
        2 unset MODE
        1 local X=«value»
        1 local UWSGI_MAX_FD
        1 readonly R=uwsgi; X=$R
        1 : ${X:=uwsgi}
        1 : "${UWSGI_MAX_FD:=4096}"
        1 X=$((X + 1))
        1 IFS=,
        1 IFS=
        5 set -- «words»
        2 set -- «words» "$@"
        2 set -- "$@" «words»
        1 set -- --max-fd 4096
        1 set --
        3 shift
        1 shift 2
        3 ulimit -n 4096
        1 ulimit -Sn 4096
        1 ulimit -n 4096 || true
        1 ulimit -n "$FD"
        1 eval X=«value»
        1 eval "X=uwsgi; Y=-M"
        1 eval "export UWSGI_MAX_FD=4096"
        1 export X Y=«value»
        1 export "UWSGI_MAX_FD=$FD"
        1v set -- $X
        1 set -- $(echo uwsgi -M)
        1 unset -v X
        1 unset UWSGI_MAX_FD X
        1 X=«value» Y=«value»
        1 X=u Y=wsgi; X=$X$Y
        1 for X in $OPTS uwsgi; do :; done
        1 [ -n "$MODE" ] || MODE=uwsgi
        1 [ -n "$FD" ] && export UWSGI_MAX_FD="$FD"
        1 [ -f ready ] && OPTS="--max-fd 4096"
        1 [ -f ready ] && X=uwsgi
        1 [ -f ready ] || unset UWSGI_MAX_FD
        1 case $MODE in web) X=uwsgi;; *) X=celery;; esac
        1 if [ -f ready ]; then X=«value»; else X=«value»; fi
        1 while [ "$1" = -M ]; do shift; done
        1 read X Y <<«end»\nuwsgi -M\n«end»
        1 PATH=/nonexistent:$PATH
        1b X+=«value»
        2b a=(«words»)
        1b a+=(«words»)
        1b a[0]=«value»
        1b declare -A m=([web]=uwsgi [x]=celery)
        1b declare X=«value»
        1b declare -x UWSGI_MAX_FD=4096
        1b declare +x UWSGI_MAX_FD
        1b export -n UWSGI_MAX_FD
        1b o=(--max-fd 4096)
        1b printf -v X %s uwsgi
        1b read -r X Y <<< "uwsgi -M"
        1b read -ra a <<< "uwsgi -M"
        1b mapfile -t a < <(printf '%s\n' uwsgi -M)
        1b declare -n X=Y
        1b local -x UWSGI_MAX_FD=4096
        1b (( FD = 4096 ))
        """#)

    static let limit = GrammarTable(
        "limit", .word,
        #"""
        6 4096
        1 2048
        2 0
        1 ''
        1 "$FD"
        1 ${FD:-4096}
        1 $((4000 + 96))
        1 $(echo 4096)
        """#)

    static let value = GrammarTable(
        "value", .word,
        #"""
        9 uwsgi
        3 "uwsgi -M"
        2 "uwsgi --max-fd 4096"
        3 celery
        3 web
        2 ''
        2 "$X"
        1 $Y
        1 "${MODE:-uwsgi}"
        1 ${MODE:-web}
        1 "$MODE"
        1 "$1"
        1 "$*"
        1 $(command -v uwsgi)
        1 "$(echo uwsgi)"
        1 bin/uwsgi
        1 app-uwsgi
        1 uwsgi.real
        1 uwsgi,-M
        1 UWSGI
        1 Y
        1 "$X -M"
        1 --max-fd
        1 $(migrate)
        1v $(cat cmd)
        """#)

    static let words = GrammarTable(
        "words", .word,
        #"""
        5 uwsgi
        3 uwsgi -M
        2 uwsgi --max-fd 4096
        2 celery
        1 ''
        2 web uwsgi
        1v "$X"
        1v $X
        2 "$@"
        1 -M
        1 a b
        1 $(echo uwsgi)
        1 *.none
        1 "uwsgi -M"
        1b "${a[@]}"
        1b {a,b}
        """#)
}
