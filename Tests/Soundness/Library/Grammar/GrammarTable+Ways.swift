/// Ways by which text becomes a script, or a program gets another name.
extension GrammarTable {
    static let way = GrammarTable(
        "way", .statement,
        #"""
        3 sh -c «'list»
        1b bash -c «'list»
        1 sh -ec «'list»
        2 sh -c 'exec "$@"' name «words»
        2v sh -c "$X"
        1 sh -c "uwsgi $OPTS"
        1 sh -c "exec \$0" uwsgi
        1 sh -c "exec ${X:-uwsgi} -M"
        1 sh -c 'uwsgi "$@"' name --max-fd 4096
        1 sh -c "cd logs && uwsgi"
        1 sh -uec «'list»
        1 sh -n -c uwsgi
        1 sh -c 'X=uwsgi; eval "$X"'
        1 e() { uwsgi; }; trap e EXIT
        1 g() { trap 'uwsgi -M' EXIT; }; g
        1 cat > e.sh <<«end»\nexport UWSGI_MAX_FD=4096\n«end»\n. ./e.sh; uwsgi
        1 cat > e.sh <<«end»\nX=$X\n«end»\n. ./e.sh; uwsgi
        1 echo 'export UWSGI_MAX_FD=4096' > e.sh; [ -f ready ] && . ./e.sh; uwsgi
        1 ( UWSGI_MAX_FD=4096; export UWSGI_MAX_FD ); uwsgi
        1 ( ulimit -n 4096; uwsgi ); uwsgi
        1 export UWSGI_MAX_FD=4096 | cat; uwsgi
        1 while read X; do exec uwsgi; done < conf
        1 for X in *; do uwsgi; break; done
        1 set -- a b; while [ $# -gt 0 ]; do case $1 in b) uwsgi;; esac; shift; done
        1 h() { [ "$1" = web ] || return 1; uwsgi; }; h web
        1 h() { [ "$1" = web ] || return 1; uwsgi; }; h "$MODE"
        1 h() { echo uwsgi; }; $(h) -M
        1v h() { X=uwsgi; }; h | cat; $X
        1 h() { local UWSGI_MAX_FD; uwsgi; }; UWSGI_MAX_FD=4096; export UWSGI_MAX_FD; h
        1 h() { shift; "$@"; }; h x uwsgi
        1 h() { export UWSGI_MAX_FD=4096; }; [ -f ready ] && h; uwsgi
        1 X=uwsgi; [ -f ready ] && X=celery; $X
        1 X=celery; if [ -f ready ]; then X=uwsgi; fi; exec $X
        1 uwsgi || exit 1; exit 0
        1 exec uwsgi < /dev/null > log 2>&1 &
        3 eval «'list»
        1v eval "$X"
        1v eval "$X $Y"
        1 eval "«program» -M"
        2 echo «'list» | sh
        1 printf '%s\n' 'uwsgi -M' | sh
        1v echo "$X" | sh
        2 sh <<«end»\nuwsgi«options»\n«end»
        1 sh -s a b <<'«end»'\n«list»\n«end»
        1 sh /dev/stdin <<'«end»'\n«list»\n«end»
        1 . /dev/stdin <<'«end»'\nuwsgi\n«end»
        2 cat > s.sh <<'«end»'\n«list»\n«end»\nsh s.sh
        1 cat > s.sh <<'«end»'\n«list»\n«end»\n. ./s.sh
        1 cat > s.sh <<'«end»'\nexec uwsgi "$@"\n«end»\nchmod +x s.sh; ./s.sh -M
        1 echo 'uwsgi -M' > s.sh; sh s.sh
        1 echo uwsgi >> s.sh; . ./s.sh
        1 echo X=uwsgi > e.sh; . ./e.sh
        1 trap «'list» EXIT
        1 trap 'uwsgi -M' EXIT
        1 trap - EXIT
        1 trap 'exit 0' TERM
        1 alias u=uwsgi\nu -M
        1b shopt -s expand_aliases\nalias u='uwsgi -M'\nu
        1 Z=$(uwsgi«options»)
        1 echo $(uwsgi -M)
        1 : "$(«list»)"
        1 export Z=$(uwsgi)
        1 `uwsgi`
        1 : | xargs uwsgi
        1 echo -M | xargs uwsgi
        1 echo uwsgi | xargs env
        1 echo x | xargs -I{} uwsgi {}
        1 find . -maxdepth 0 -exec uwsgi {} \;
        1 cp "$(command -v uwsgi)" www; ./www
        1 ln -s "$(command -v uwsgi)" www; ./www
        1 echo() { uwsgi -M; }; echo
        1 wait() { uwsgi; }; wait
        1 migrate() { exec uwsgi; }; migrate
        1 uwsgi() { celery; }; uwsgi
        1 uwsgi() { command uwsgi "$@" --max-fd 4096; }; uwsgi -M
        1 exit() { uwsgi; }; exit
        1 echo uwsgi | while read X; do $X; done
        1 echo uwsgi | { read X; exec $X; }
        1 while read X; do $X; done <<«end»\nuwsgi\n«end»
        1 cmd() { CMD="uwsgi -M"; }; cmd; exec $CMD
        1 unlimit() { unset UWSGI_MAX_FD; }; unlimit; uwsgi
        1 unlimit() { UWSGI_MAX_FD=0; }; unlimit; uwsgi
        1 limit() { export UWSGI_MAX_FD=4096; }; limit; uwsgi
        1 uwsgi() { :; }; unset -f uwsgi; uwsgi
        1 while getopts f: O; do case $O in f) FD=$OPTARG;; esac; done; uwsgi --max-fd $FD
        1 OLD=$IFS; IFS=,; L=uwsgi,-M; $L; IFS=$OLD
        1b sh <<< 'uwsgi -M'
        1b source <(echo uwsgi)
        1b sh <(echo uwsgi -M)
        1b eval "$(printf '%s ' uwsgi -M)"
        1b hash -p "$(command -v uwsgi)" www; www
        1b coproc { uwsgi; }; wait
        1b { uwsgi; } > >(cat)
        1b a=(uwsgi -M); exec "${a[@]}"
        1b r() { "$@"; }; r uwsgi
        1b cmd() { local -n R=$1; R=uwsgi; }; cmd Y; $Y
        """#)
}
