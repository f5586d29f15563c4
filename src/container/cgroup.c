/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/cgroup.h"

#include <limits.h>
#include <string.h>

#include "util/alloc.h"
#include "util/parse.h"

#define ID_DIGITS 64	/* of docker, podman, CRI: a SHA-256 or random */
#define GUESS_DIGITS 32 /* the least that looks like an id: a UUID */

/* As many containers in containers are told apart; who makes more is inside of the first ones. */
#define NEST_MAX 8

/* A piece of the text: a line, a path, a component. */
struct piece {
	const char *at;
	size_t n;
};

static bool is(struct piece piece, const char *text)
{
	return piece.n == strlen(text) && memcmp(piece.at, text, piece.n) == 0;
}

static bool cut_prefix(struct piece *piece, const char *prefix)
{
	size_t n = strlen(prefix);
	if (piece->n < n || memcmp(piece->at, prefix, n) != 0)
		return false;
	piece->at += n;
	piece->n -= n;
	return true;
}

static bool cut_suffix(struct piece *piece, const char *suffix)
{
	size_t n = strlen(suffix);
	if (piece->n < n || memcmp(piece->at + piece->n - n, suffix, n) != 0)
		return false;
	piece->n -= n;
	return true;
}

/* The part of *REST before the next SEPARATOR, which are both taken off. */
static struct piece next(struct piece *rest, char separator)
{
	const char *end = memchr(rest->at, separator, rest->n);
	struct piece first = { rest->at, end ? (size_t)(end - rest->at) : rest->n };
	size_t taken = first.n + (end != NULL);
	rest->at += taken;
	rest->n -= taken;
	return first;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_id(struct piece piece)
{
	for (size_t i = 0; i < piece.n; i++)
		if (!is_hex(piece.at[i]))
			return false;
	return piece.n == ID_DIGITS;
}

/* The longest run of digits in it. */
static struct piece longest_hex(struct piece piece)
{
	struct piece best = { piece.at, 0 };
	for (size_t i = 0, start = 0; i < piece.n; i++) {
		if (!is_hex(piece.at[i]))
			start = i + 1;
		else if (i + 1 - start > best.n)
			best = (struct piece){ piece.at + start, i + 1 - start };
	}
	return best;
}

/* What was found so far on the way down a path. */
struct finding {
	const char *engine; /* NULL: nothing */
	struct piece id;
	size_t depth;
	bool escaped; /* the id, as systemd does */
};

struct walk {
	struct finding sure, guess;
	struct finding outer[NEST_MAX]; /* what SURE was before */
	size_t n_outer;
	struct piece pod; /* a kubernetes pod's uid */
	bool in_kubepods;
	struct piece previous;
	uint64_t owner;
	bool has_owner;
	size_t depth;
};

static void found(struct walk *walk, const char *engine, struct piece id, bool escaped)
{
	if (walk->sure.engine && walk->n_outer < NEST_MAX)
		walk->n_outer++;
	if (walk->sure.engine)
		walk->outer[walk->n_outer - 1] = walk->sure;
	walk->sure = (struct finding){ engine, id, walk->depth, escaped };
}

/* "docker-ID.scope", or without ".scope" where systemd does not manage cgroups. A monitor has one
 * of its own, and is not in the container. */
static bool find_prefixed(struct walk *walk, struct piece component)
{
	static const struct {
		const char *prefix, *engine;
	} prefixes[] = {
		{ "docker-", "docker" },
		{ "libpod-conmon-", NULL },
		{ "libpod-payload-", "podman" },
		{ "libpod-", "podman" },
		{ "cri-containerd-", "kubernetes" },
		{ "crio-conmon-", NULL },
		{ "crio-", "kubernetes" },
		{ "nerdctl-", "nerdctl" },
	};
	struct piece rest = component;
	cut_suffix(&rest, ".scope");
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		struct piece id = rest;
		if (!cut_prefix(&id, prefixes[i].prefix) || !is_id(id))
			continue;
		if (prefixes[i].engine)
			found(walk, prefixes[i].engine, id, false);
		return true;
	}
	return false;
}

/* "kubepods", "kubepods-burstable-podUID.slice", and "podUID" below the first. systemd's slices
 * cannot have a "-" in a name, so they have "_" in the uid. */
static bool find_pod(struct walk *walk, struct piece component)
{
	struct piece rest = component;
	bool slice = cut_suffix(&rest, ".slice");
	if (cut_prefix(&rest, "kubepods")) {
		const char *pod = memmem(rest.at, rest.n, "-pod", 4);
		walk->in_kubepods = true;
		if (slice && pod)
			walk->pod = (struct piece){ pod + 4, rest.at + rest.n - pod - 4 };
		return true;
	}
	if (!walk->in_kubepods || walk->pod.n || !cut_prefix(&rest, "pod"))
		return false;
	walk->pod = rest;
	return true;
}

/* containerd under the cgroupfs driver of kubelet and systemd's names: "…:cri-containerd:ID". */
static bool find_colons(struct walk *walk, struct piece component)
{
	const char *colon = memrchr(component.at, ':', component.n);
	if (!colon)
		return false;
	struct piece id = { colon + 1, component.at + component.n - colon - 1 };
	struct piece before = { component.at, colon - component.at };
	if (!is_id(id) || !cut_suffix(&before, ":cri-containerd"))
		return false;
	found(walk, "kubernetes", id, false);
	return true;
}

/* LXC: "lxc.payload.NAME" (5.0), "lxc.payload/NAME", "lxc/NAME" (before). */
static bool find_lxc(struct walk *walk, struct piece component)
{
	struct piece name = component;
	if (!is(walk->previous, "lxc") && !is(walk->previous, "lxc.payload") &&
	    !cut_prefix(&name, "lxc.payload."))
		return false;
	if (name.n)
		found(walk, "lxc", name, false);
	return true;
}

/* systemd-nspawn: its unit is "systemd-nspawn@NAME.service", with --keep-unit or by machinectl, or
 * "machine-NAME.scope"; the container is in "payload" there, and nspawn in "supervisor". Virtual
 * machines of libvirt have such a scope too, with "libvirt" in it. */
static bool find_nspawn(struct walk *walk, struct piece component)
{
	struct piece name = component;
	if (walk->sure.engine && walk->sure.depth + 1 == walk->depth &&
	    strcmp(walk->sure.engine, "nspawn") == 0 &&
	    (is(component, "supervisor") || is(component, "libvirt"))) {
		walk->sure = walk->n_outer ? walk->outer[--walk->n_outer] : (struct finding){ 0 };
		return true;
	}
	if ((cut_prefix(&name, "systemd-nspawn@") && cut_suffix(&name, ".service")) ||
	    (cut_prefix(&name, "machine-") && cut_suffix(&name, ".scope"))) {
		found(walk, "nspawn", name, true);
		return true;
	}
	return false;
}

static bool find_below(struct walk *walk, struct piece component)
{
	if (is(walk->previous, "docker") && is_id(component))
		found(walk, "docker", component, false);
	else if (is(walk->previous, "buildkit"))
		found(walk, "buildkit", component, false);
	else if (walk->in_kubepods && walk->pod.n && is_id(component))
		found(walk, "kubernetes", component, false);
	else
		return false;
	return true;
}

/* Transient units have names of 32 digits ("run-rDIGITS.scope"), which are no containers. */
static void find_guess(struct walk *walk, struct piece component)
{
	struct piece rest = component, id = longest_hex(component);
	bool unit = cut_suffix(&rest, ".scope") || cut_suffix(&rest, ".service") ||
		    cut_suffix(&rest, ".slice");
	if (id.n >= (unit ? ID_DIGITS : GUESS_DIGITS))
		walk->guess = (struct finding){ "oci", id, walk->depth, false };
}

/* "user-1000.slice" or "user@1000.service": the engine of that user, who may call what is below
 * any way. Inside of a container it is about that one's users. */
static bool find_owner(struct walk *walk, struct piece component)
{
	struct piece rest = component;
	uint64_t owner;
	if (walk->sure.engine ||
	    !((cut_prefix(&rest, "user-") && cut_suffix(&rest, ".slice")) ||
	      (cut_prefix(&rest, "user@") && cut_suffix(&rest, ".service"))) ||
	    parse_u64_n(rest.at, rest.n, UINT32_MAX - 1, &owner) < 0)
		return false;
	if (!walk->has_owner)
		walk->owner = owner;
	walk->has_owner = true;
	return true;
}

static void step(struct walk *walk, struct piece component)
{
	if (!find_nspawn(walk, component) && !find_prefixed(walk, component) &&
	    !find_colons(walk, component) && !find_pod(walk, component) &&
	    !find_lxc(walk, component) && !find_below(walk, component) &&
	    !find_owner(walk, component))
		find_guess(walk, component);
	walk->previous = component;
	walk->depth++;
}

static struct walk walk_path(struct piece path)
{
	struct walk walk = { .previous = { path.at, 0 } };
	while (path.n) {
		struct piece component = next(&path, '/');
		if (component.n)
			step(&walk, component);
	}
	return walk;
}

/* Both the number of the hierarchy and the list of its controllers end at a colon; a controller's
 * name ("name=…") cannot have one, and a path can. */
static bool next_line(struct piece *text, bool *ret_v2, struct piece *ret_path)
{
	while (text->n) {
		struct piece line = next(text, '\n');
		struct piece number = next(&line, ':'), controllers = next(&line, ':');
		if (line.n == 0 || *line.at != '/')
			continue;
		cut_suffix(&line, " (deleted)"); /* removed, while a process is dying in it */
		*ret_v2 = is(number, "0") && controllers.n == 0;
		*ret_path = line;
		return true;
	}
	return false;
}

static int hex_value(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* A copy; ESCAPED: with each \xHH turned back, see systemd-escape(1). */
static char *copy_text(struct piece piece, bool escaped)
{
	char *text = xcalloc(1, piece.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < piece.n; i++) {
		const char *at = piece.at + i;
		bool code = escaped && piece.n - i >= 4 && at[0] == '\\' && at[1] == 'x' &&
			    is_hex(at[2]) && is_hex(at[3]);
		text[n++] = code ? hex_value(at[2]) << 4 | hex_value(at[3]) : *at;
		if (code)
			i += 3;
	}
	text[n] = 0;
	return text;
}

static char *copy_pod(struct piece pod)
{
	char *text = copy_text(pod, false);
	for (char *c = strchr(text, '_'); c; c = strchr(c, '_'))
		*c = '-';
	return text;
}

/* "lxc:att/docker:ID" */
static char *copy_outer(const struct walk *walk)
{
	char *text = NULL;
	for (size_t i = 0; i < walk->n_outer; i++) {
		_cleanup_(freep) char *before = TAKE(text);
		_cleanup_(freep) char *id = copy_text(walk->outer[i].id, walk->outer[i].escaped);
		text = xasprintf("%s%s%s:%s", before ? before : "", before ? "/" : "",
				 walk->outer[i].engine, id);
	}
	return text;
}

static struct known describe(const struct walk *walk, const struct finding *finding)
{
	struct known known = { .container = { .owner = walk->owner }, .running = true };
	known.container.outer = copy_outer(walk);
	known.container.engine = finding->engine;
	known.container.id = copy_text(finding->id, finding->escaped);
	if (strcmp(finding->engine, "nspawn") == 0 || strcmp(finding->engine, "lxc") == 0)
		known.container.name = xstrdup(known.container.id);
	if (walk->pod.n)
		known.container.pod = copy_pod(walk->pod);
	return known;
}

/* The best over all lines. */
struct lines {
	struct walk sure, guess;
	size_t n, n_guessed; /* lines; those with the id that is guessed */
};

static bool is_same_id(const struct finding *a, const struct finding *b)
{
	return a->id.n == b->id.n && memcmp(a->id.at, b->id.at, a->id.n) == 0;
}

static void add_line(struct lines *lines, const struct walk *walk)
{
	lines->n++;
	if (walk->sure.engine &&
	    (!lines->sure.sure.engine || walk->sure.depth > lines->sure.sure.depth))
		lines->sure = *walk;
	if (!walk->guess.engine)
		return;
	if (!lines->guess.guess.engine)
		lines->guess = *walk;
	lines->n_guessed += is_same_id(&walk->guess, &lines->guess.guess);
}

/* On a hybrid system one of the lines may tell where the others are "/". Yet engines put a
 * container into every hierarchy, as far as they can, and others that like long names do not. */
int cgroup_recognize(const char *text, size_t n, struct known *ret)
{
	struct piece rest = { text, n }, path;
	struct lines lines = { 0 };
	bool v2;
	while (next_line(&rest, &v2, &path)) {
		struct walk walk = walk_path(path);
		add_line(&lines, &walk);
	}
	if (lines.sure.sure.engine) {
		*ret = describe(&lines.sure, &lines.sure.sure);
		return 0;
	}
	if (lines.n_guessed == 0 || lines.n_guessed * 2 < lines.n)
		return CGROUP_NONE;
	*ret = describe(&lines.guess, &lines.guess.guess);
	return CGROUP_GUESS;
}

bool cgroup_user(const char *text, size_t n, uid_t *ret)
{
	struct piece rest = { text, n }, path;
	bool v2;
	while (next_line(&rest, &v2, &path)) {
		struct walk walk = walk_path(path);
		if (walk.owner == 0)
			continue;
		*ret = walk.owner;
		return true;
	}
	return false;
}

char *cgroup_path(const char *text, size_t n)
{
	struct piece rest = { text, n }, path, v1 = { 0 }, unified = { 0 };
	bool is_v2;
	while (next_line(&rest, &is_v2, &path)) {
		if (is_v2)
			unified = path;
		else if (path.n > v1.n)
			v1 = path;
	}
	if (unified.n > 1 || (unified.n && !v1.n))
		return copy_text(unified, false);
	return v1.n ? copy_text(v1, false) : NULL;
}
