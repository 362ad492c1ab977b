/// How a program is started, uWSGI most often.
extension GrammarTable {
    static let launch = GrammarTable(
        "launch", .statement,
        #"""
        20 «environment»«exec»«wrapper»«program»«options»«redirection»
        1 eval «program»«options»
        """#)

    static let environment = GrammarTable(
        "environment", .optional,
        #"""
        16 «»
        2 UWSGI_MAX_FD=4096«_»
        1 UWSGI_MAX_FD=0«_»
        1 A=1«_»
        1 X=«value»«_»
        """#)

    static let exec = GrammarTable(
        "exec", .optional,
        #"""
        9 «»
        5 exec«_»
        1 command«_»
        1 exec env«_»
        1b exec -a www«_»
        """#)

    static let wrapper = GrammarTable(
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
        1v sh -c 'exec "$0" "$@"'«_»
        1 sh -c '"$@"' name«_»
        1 env --«_»
        1 env -u X UWSGI_MAX_FD=«limit»«_»
        1 env "UWSGI_MAX_FD=$FD"«_»
        1 env -S 'A=1 uwsgi -M'«_»
        1 nohup --«_»
        1 nice env«_»
        """#)

    static let program = GrammarTable(
        "program", .word,
        #"""
        30 uwsgi
        1 'uwsgi'
        1 u\wsgi
        1 uw"sg"i
        1 u${Z}wsgi
        3v "$X"
        3v $X
        2v ${X:-uwsgi}
        1v "${CMD:-uwsgi}"
        1v ${X-uwsgi}
        1v ${X:=uwsgi}
        1 ${X:+uwsgi}
        1 ${MODE:+uwsgi}
        1v ${X:?}
        3 "$@"
        1 $@
        1 $*
        1 "$1"
        1 ${1:-uwsgi}
        1 "${@:-uwsgi}"
        1 $(command -v uwsgi)
        1 "$(which uwsgi)"
        1 $(echo uwsgi)
        1 `echo uwsgi`
        1 $(printf uwsgi)
        1 $(basename /usr/bin/uwsgi)
        1v ${X##*/}
        1v ${X#*-}
        1v ${X%.*}
        1v ${X%%-*}
        1 uwsg[i]
        1 "uwsgi"
        1 \uwsgi
        1 ${1+"$@"}
        1 ${1:+"$@"}
        1 "${1:-uwsgi}"
        1v ${X:-${CMD:-uwsgi}}
        1v ${X:-$(command -v uwsgi)}
        1 $(echo uw)sgi
        1 $(echo uwsgi -M)
        1 $(command -v uwsgi || echo celery)
        1v $(echo $X)
        1v $(cat cmd)
        2 celery
        1 celery uwsgi
        1bv ${X/web/uwsgi}
        1bv ${X//a/}
        1bv ${X:0:5}
        1bv ${X:4}
        1bv ${X,,}
        1bv ${!X}
        1bv ${a[0]}
        3bv "${a[@]}"
        1bv ${a[*]}
        1b "${@:2}"
        1b "${@:1:2}"
        1b {uwsgi,-M}
        1b $'uwsgi'
        1bv ${m[web]}
        """#)

    static let options = GrammarTable(
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

    static let redirection = GrammarTable(
        "redirection", .optional,
        #"""
        20 «»
        1 «_»> log
        1 «_»2>&1
        1 «_»< /dev/null
        1b «_»&> log
        """#)
}
