extension Grammar {
    mutating func addLaunches() {
        add(
            "launch", .statement,
            #"""
            20 «environment»«exec»«wrapper»«program»«options»«redirection»
            1 eval «program»«options»
            """#)
        add(
            "environment", .optional,
            #"""
            16 «»
            2 UWSGI_MAX_FD=4096«_»
            1 UWSGI_MAX_FD=0«_»
            1 A=1«_»
            1 X=«value»«_»
            """#)
        add(
            "exec", .optional,
            #"""
            9 «»
            5 exec«_»
            1 command«_»
            1 exec env«_»
            1b exec -a www«_»
            """#)
        add(
            "wrapper", .optional,
            #"""
            22 «»
            2 env«_»
            1 env A=1«_»
            1 env UWSGI_MAX_FD=4096«_»
            2 env -u UWSGI_MAX_FD«_»
            1 env -i PATH="$PATH"«_»
            1 nohup«_»
            1 nice -n 5«_»
            1 timeout 5«_»
            1 setsid«_»
            1 xargs«_»
            1 sh -c 'exec "$0" "$@"'«_»
            1 sh -c '"$@"' name«_»
            1 env --«_»
            1 env -u X UWSGI_MAX_FD=«limit»«_»
            1 env "UWSGI_MAX_FD=$FD"«_»
            1 env -S 'A=1 uwsgi -M'«_»
            1 nohup --«_»
            1 nice env«_»
            """#)
        add(
            "program", .word,
            #"""
            30 uwsgi
            1 'uwsgi'
            1 u\wsgi
            1 uw"sg"i
            1 u${Z}wsgi
            3vp "$X"
            3vp $X
            2vp ${X:-uwsgi}
            1vp "${CMD:-uwsgi}"
            1vp ${X-uwsgi}
            1vp ${X:=uwsgi}
            1p ${X:+uwsgi}
            1p ${MODE:+uwsgi}
            1vp ${X:?}
            3p "$@"
            1p $@
            1p $*
            1p "$1"
            1p ${1:-uwsgi}
            1p "${@:-uwsgi}"
            1 $(command -v uwsgi)
            1 "$(which uwsgi)"
            1 $(echo uwsgi)
            1 `echo uwsgi`
            1 $(printf uwsgi)
            1u $(basename /usr/bin/uwsgi)
            1vp ${X##*/}
            1vp ${X#*-}
            1vp ${X%.*}
            1vp ${X%%-*}
            1 uwsg[i]
            1 "uwsgi"
            1 \uwsgi
            1p ${1+"$@"}
            1p ${1:+"$@"}
            1p "${1:-uwsgi}"
            1vp ${X:-${CMD:-uwsgi}}
            1vp ${X:-$(command -v uwsgi)}
            1 $(echo uw)sgi
            1 $(echo uwsgi -M)
            1 $(command -v uwsgi || echo celery)
            1vp $(echo $X)
            1vp $(cat cmd)
            2 celery
            1 celery uwsgi
            1bvp ${X/web/uwsgi}
            1bvp ${X//a/}
            1bvp ${X:0:5}
            1bvp ${X:4}
            1bvp ${X,,}
            1bvp ${!X}
            1bvp ${a[0]}
            3bvp "${a[@]}"
            1bvp ${a[*]}
            1bp "${@:2}"
            1bp "${@:1:2}"
            1b {uwsgi,-M}
            1b $'uwsgi'
            1bvp ${m[web]}
            """#)
        add(
            "options", .optional,
            #"""
            12 «»
            4 «_»-M
            2 «_»--http-socket :0
            5 «_»--max-fd 4096
            2 «_»--max-fd=2048
            1 «_»--set max-fd=4096
            1 «_»--max-fd 0
            1 «_»--max-fd 4096 --max-fd 0
            3 «_»--max-fd "$FD"
            1 «_»--max-fd $FD
            1 «_»--max-fd ${FD:-4096}
            1 «_»--max-fd $((4000 + 96))
            2 «_»$OPTS
            1 «_»"$OPTS"
            1 «_»$Y
            2 «_»"$@"
            1 «_»${FD:+--max-fd $FD}
            1 «_»${MODE:+--max-fd 4096}
            1 «_»${OPTS:---max-fd 4096}
            1 «_»--if-env MODE --max-fd 4096 --endif
            1 «_»--version
            1b «_»--max-fd=40{96,96}
            1b «_»"${o[@]}"
            """#)
        add(
            "redirection", .optional,
            #"""
            20 «»
            1 «_»> log
            1 «_»2>&1
            1 «_»< /dev/null
            1b «_»&> log
            """#)
    }

    mutating func addAssignments() {
        add(
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
            1 set -- $X
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
        add(
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
    }

    mutating func addWords() {
        add(
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
        add(
            "words", .word,
            #"""
            5 uwsgi
            3 uwsgi -M
            2 uwsgi --max-fd 4096
            2 celery
            1 ''
            2u web uwsgi
            1 "$X"
            1 $X
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
}
