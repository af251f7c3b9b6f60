# What is wrong with a file of metrics, in the text format of Prometheus; nothing if all is right.
# Each name has one HELP, then one TYPE, then its samples together; counters end in _total, and the buckets of a histogram grow.

function complain(what) {
	print FILENAME ":" FNR ": " what ": " $0
	found = 1
}

# The name that a sample is of.
function family(name) {
	if (type[name] == "") {
		base = name
		sub(/_(bucket|sum|count)$/, "", base)
		if (type[base] == "histogram")
			return base
	}
	return name
}

/^# HELP / {
	if ($3 in help)
		complain("a second HELP")
	if (NF < 4)
		complain("an empty HELP")
	help[$3] = 1
	current = $3
	next
}
/^# TYPE / {
	if ($3 != current || $3 in type)
		complain("a TYPE that does not follow its HELP")
	if ($4 !~ /^(counter|gauge|histogram)$/)
		complain("an unknown type")
	if (($4 == "counter") != ($3 ~ /_total$/))
		complain("counters, and they alone, end in _total")
	if ($3 !~ /^pongd_[a-z_]+$/)
		complain("a name that is none")
	type[$3] = $4
	next
}
{
	if (!match($0, /^pongd_[a-z_]+([{]([a-z]+="([^"\\]|\\["\\n])*",?)+[}])? [0-9]+([.][0-9]+)?$/))
		complain("no sample")
	series = substr($0, 1, length($0) - length($NF) - 1)
	name = series
	sub(/[{].*/, "", name)
	if (family(name) != current || type[current] == "")
		complain("a sample without its HELP and TYPE")
	if (series in seen)
		complain("a second sample")
	seen[series] = 1
	if (name ~ /_bucket$/) {
		if ($NF + 0 < bucket)
			complain("fewer than in the bucket before")
		bucket = $NF + 0
		is_infinite = series ~ /le="[+]Inf"/
	}
	if (name ~ /_count$/ && ($NF + 0 != bucket || !is_infinite))
		complain("a count that is not the last bucket's")
}
END {
	for (name in help)
		if (!(name in type))
			print name ": no type"
	if (NR < 100)
		print FILENAME ": is too short"
	exit found
}
