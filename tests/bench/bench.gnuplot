# The picture of the benchmark's figures.  usage: gnuplot -e "tsv='FILE'; svg='FILE'" bench.gnuplot
set terminal svg size 1000,760 font 'sans-serif,13' background rgb 'white'
set output svg
set datafile separator "\t"
set style fill solid 0.85 noborder
set grid ytics lc rgb '#dddddd'
set border 3
set tics nomirror
blue = '#2a6ebb'
orange = '#e08a1e'
grey = '#777777'
rows(section, case, who) = sprintf("< awk -F '\t' '$1 == \"%s\" && (\"%s\" == \"\" || $2 == \"%s\") && (\"%s\" == \"\" || $3 == \"%s\")' '%s'", section, case, case, who, who, tsv)
set multiplot layout 2,2

set title 'Round trips a second, 256 in flight (scapy: 8), thousands'
set style data histograms
set style histogram clustered gap 1
set yrange [0:*]
set xtics rotate by -30
set offsets 0, 0, 100, 0 # room for the key
set key top left reverse Left samplen 1
plot rows('peers', '56 B x 256', '') using ($4/1000):xtic(3) title '56 bytes' lc rgb blue, \
     rows('peers', '1400 B x 256', '') using ($4/1000) title '1400 bytes' lc rgb orange

set title 'Time of a round trip, 1 in flight, microseconds (p50; scapy is cut off)'
unset key
set offsets
set yrange [0:50]
plot rows('peers', '56 B x 1', '') using 6:xtic(3) lc rgb blue

set title 'Round trips a second by payload, in one frame, thousands'
set style data linespoints
set key top right Right
set yrange [0:*]
set xtics norotate
set xlabel 'bytes'
set logscale x
set xtics (8, 56, 512, 1400, 8192, 65507)
plot rows('sizes', '', 'kernel') using (real(word(strcol(2), 1))):($4/1000) title 'kernel' pt 7 lw 2 lc rgb grey, \
     rows('sizes', '', 'pongd') using (real(word(strcol(2), 1))):($4/1000) title 'pongd' pt 7 lw 2 lc rgb blue

set title "pongd's processor time for a reply, microseconds"
set xlabel 'how many'
set xrange [0.8:1500000]
set xtics ('1' 1, '10' 10, '100' 100, '1000' 1000, '10^4' 10000, '10^5' 100000, '10^6' 1000000)
set logscale y
set yrange [0.5:1000]
set key top left reverse Left
plot rows('prefixes', '', '') using (real(strcol(2))):11 title 'prefixes' pt 7 lw 2 lc rgb blue, \
     rows('rules', '', '') using (real(strcol(2)) + 0):11 title 'rules that do not match' pt 7 lw 2 lc rgb orange, \
     rows('pending', '', '') using (real(strcol(2))):11 title 'replies that wait, at 20 000 a second' pt 7 lw 2 lc rgb grey
unset multiplot
